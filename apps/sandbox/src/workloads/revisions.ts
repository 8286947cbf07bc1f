import { createHash } from "node:crypto";
import { clone, equal, type JsonObject, numberAt, objectAt, stringAt, stringsAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";

const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** `data` of a set's ControllerRevision: its template, as a patch that replaces it (statefulset getPatch). */
function revisionData(set: KubeObject): JsonObject {
  return { spec: { template: { ...clone(objectAt(set, "spec", "template")), $patch: "replace" } } };
}

/** The revisions of a set: what it runs towards, what it came from, and what must be written first. */
export interface RevisionPlan {
  readonly update: KubeObject;
  readonly current: KubeObject;
  readonly write: "none" | "create" | "renumber";
}

/** Finds or makes the revision of the present template (getStatefulSetRevisions of kubernetes). */
export function planRevisions(set: KubeObject, revisions: readonly KubeObject[]): RevisionPlan {
  const ordered = revisions.toSorted((left, right) => numberOf(left) - numberOf(right));
  const data = revisionData(set);
  const latest = ordered.at(-1);
  const next = (latest === undefined ? 0 : numberOf(latest)) + 1;
  const same = ordered.findLast((revision) => equal(revision.data, data));
  const update =
    same === undefined ? newRevision(set, data, next) : same === latest ? same : { ...same, revision: next };
  const name = stringAt(set, "status", "currentRevision");
  const current = ordered.find((revision) => revision.metadata.name === name) ?? update;
  return { update, current, write: same === undefined ? "create" : same === latest ? "none" : "renumber" };
}

/** The revisions beyond the set's history limit that no pod and no status names any more, oldest first. */
export function staleRevisions(
  set: KubeObject,
  revisions: readonly KubeObject[],
  pods: readonly KubeObject[],
): readonly KubeObject[] {
  const live = new Set([
    stringAt(set, "status", "currentRevision"),
    stringAt(set, "status", "updateRevision"),
    ...pods.map((pod) => stringsAt(pod, "metadata", "labels")["controller-revision-hash"]),
  ]);
  const history = revisions
    .filter((revision) => !live.has(revision.metadata.name))
    .toSorted((left, right) => numberOf(left) - numberOf(right));
  const limit = numberAt(set, "spec", "revisionHistoryLimit") ?? 10;
  return history.slice(0, Math.max(0, history.length - limit));
}

/** `set` with the template that a revision holds. */
export function withRevision(set: KubeObject, revision: KubeObject): KubeObject {
  const { $patch: _, ...template } = objectAt(revision, "data", "spec", "template");
  return { ...set, spec: { ...objectAt(set, "spec"), template } };
}

function newRevision(set: KubeObject, data: JsonObject, revision: number): KubeObject {
  const hash = hashOf(data);
  return {
    apiVersion: "apps/v1",
    kind: "ControllerRevision",
    metadata: {
      name: `${set.metadata.name}-${hash}`,
      namespace: stringAt(set, "metadata", "namespace") ?? "",
      labels: {
        ...stringsAt(set, "spec", "template", "metadata", "labels"),
        "controller.kubernetes.io/hash": hash,
      },
      ownerReferences: [ownerReference(set)],
    },
    data,
    revision,
  };
}

/** The controller reference that a set puts on what it makes. */
export function ownerReference(set: KubeObject): JsonObject {
  const { apiVersion, kind, metadata } = set;
  return {
    apiVersion,
    kind,
    name: metadata.name,
    uid: metadata.uid ?? "",
    controller: true,
    blockOwnerDeletion: true,
  };
}

function numberOf(revision: KubeObject): number {
  return numberAt(revision, "revision") ?? 0;
}

/** A short name for a template, made of letters that no word is made of. */
export function hashOf(data: JsonObject): string {
  const digest = createHash("sha256").update(JSON.stringify(data)).digest();
  return [...digest.subarray(0, 10)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
}
