import type { KubeApi } from "@upgrade-halt/kube";
import {
  getIfThere,
  isControlledBy,
  type OwnerKind,
  type Ownership,
  readController,
} from "../kube/owner-reference.ts";
import { objectPath, STATEFUL_SETS } from "../kube/paths.ts";
import { matchesLabels } from "../model/label-selector.ts";
import type { Pod } from "../model/pod.ts";
import type { PodGroup, Strategy, UpdateStrategy } from "../model/pod-group.ts";
import type { WorkloadSight } from "../model/workload-sight.ts";
import { imageIn, type TemplatedWorkload, templateSight } from "./pod-template.ts";
import { type Lineage, type WorkloadKind, type WorkloadTarget, wasReplaced } from "./workload.ts";

/** A StatefulSet, as far as it is read. */
export interface StatefulSet extends TemplatedWorkload {
  readonly spec: TemplatedWorkload["spec"] & {
    readonly ordinals?: { readonly start?: number };
    readonly podManagementPolicy?: string;
    readonly updateStrategy?: UpdateStrategy;
  };
  readonly status?: TemplatedWorkload["status"] & {
    readonly currentRevision?: string;
    readonly updateRevision?: string;
  };
}

/** A set of more is left alone: its pods are counted one by one, and `spec.replicas` may be any number. */
const MOST_PODS = 1_000;

const STATEFUL_SET: OwnerKind = { apiVersion: "apps/v1", kind: "StatefulSet", resource: STATEFUL_SETS };

/**
 * A StatefulSet's pod template. Neither strategy replaces a halted pod by itself: OnDelete never does, and
 * RollingUpdate waits for a broken pod for ever (kubernetes#67250). So the pod is deleted once the StatefulSet
 * has taken notice of the image.
 */
export class StatefulSetWorkload implements WorkloadKind {
  readonly #api: KubeApi;

  constructor(api: KubeApi) {
    this.#api = api;
  }

  async find(pod: Pod): Promise<Lineage> {
    const found = await readStatefulSetOf(this.#api, pod);
    if (found.kind === "disowned") return { kind: "none", why: found.why };
    const { name, uid = "" } = found.owner.metadata;
    return {
      kind: "found",
      ref: { apiVersion: "apps/v1", kind: "StatefulSet", resource: "statefulsets", name, uid },
    };
  }

  async read({ namespace, ref, container, pod }: WorkloadTarget): Promise<WorkloadSight> {
    const what = `StatefulSet ${namespace}/${ref.name}`;
    const path = objectPath(STATEFUL_SETS, namespace, ref.name);
    const set = await getIfThere<StatefulSet>(this.#api, path);
    if (set === undefined) return { kind: "missing", what };
    const why = wasReplaced(ref, set, pod) ?? (pod && notMadeBy(set, pod));
    if (why !== undefined) return { kind: "disowned", what, why };
    return templateSight(set, { what, path, container }, [groupOf(set, container)], false);
  }
}

/** The StatefulSet that truly runs `pod`. */
export async function readStatefulSetOf(api: KubeApi, pod: Pod): Promise<Ownership<StatefulSet>> {
  const found = await readController<StatefulSet>(api, pod, `pod ${pod.metadata.name}`, STATEFUL_SET);
  if (found.kind === "disowned") return found;
  const why = notMadeBy(found.owner, pod);
  return why === undefined ? found : { kind: "disowned", why };
}

/**
 * Why `pod` is none that `set` made, in the terms of its own controller (`getPodsForStatefulSet`, kubernetes 1.35):
 * controlled by its UID, taken by its selector, named after one of its ordinals.
 */
export function notMadeBy(set: StatefulSet, pod: Pod): string | undefined {
  const { name, labels } = pod.metadata;
  const what = `StatefulSet ${set.metadata.name}`;
  if (set.metadata.deletionTimestamp !== undefined) return `${what} is being deleted.`;
  if (!isControlledBy(pod, set.metadata.uid))
    return `Pod ${name} is not controlled by ${what} that is there now.`;
  const { selector } = set.spec;
  if (selector === undefined || !matchesLabels(selector, labels))
    return `The selector of ${what} does not match the labels of pod ${name}.`;
  const tooMany = whyTooMany(set);
  if (tooMany !== undefined) return tooMany;
  const names = podNamesOf(set);
  if (!names.includes(name))
    return `Pod ${name} has no ordinal of ${what}, whose pods are ${rangeOf(names)}.`;
  return undefined;
}

/** Why a set is too large for its pods to be compared. */
export function whyTooMany({ metadata, spec: { replicas = 1 } }: StatefulSet): string | undefined {
  if (replicas <= MOST_PODS) return undefined;
  return `StatefulSet ${metadata.name} has ${replicas} replicas, and sets of more than ${MOST_PODS} are not acted on.`;
}

function rangeOf(names: readonly string[]): string {
  return names.length > 10 ? `${names[0]} to ${names.at(-1)}` : names.join(", ") || "none";
}

/** The pods of a StatefulSet as one group that shares its template. */
export function groupOf(set: StatefulSet, container: string): PodGroup {
  return {
    what: `StatefulSet ${set.metadata.name}`,
    uid: set.metadata.uid ?? "",
    strategy: strategyOf(set),
    podNames: podNamesOf(set),
    podLabels: set.spec.template.metadata?.labels,
    podSpec: set.spec.template.spec,
    isOrdered: set.spec.podManagementPolicy !== "Parallel",
    updateRevision: set.status?.updateRevision,
    currentRevision: set.status?.currentRevision,
    image: imageIn(set, container),
  };
}

function strategyOf({ spec: { updateStrategy } }: StatefulSet): Strategy {
  const { type = "RollingUpdate", rollingUpdate } = updateStrategy ?? {};
  if (type === "OnDelete") return { kind: "OnDelete" };
  if (type !== "RollingUpdate") return { kind: "Unknown" };
  return { kind: "RollingUpdate", partition: rollingUpdate?.partition ?? 0, written: updateStrategy };
}

/** `<set>-<ordinal>` for each ordinal from `spec.ordinals.start` on, as far as they are counted. */
function podNamesOf({ metadata, spec }: StatefulSet): readonly string[] {
  const start = spec.ordinals?.start ?? 0;
  return Array.from(
    { length: Math.min(spec.replicas ?? 1, MOST_PODS) },
    (_, index) => `${metadata.name}-${start + index}`,
  );
}
