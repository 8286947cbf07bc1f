import { type KubeApi, type KubeObject, listWanted } from "@upgrade-halt/kube";
import type { CustomResourceTarget, OwnerTarget } from "../api/halt-policy.ts";
import type { WorkloadRef } from "../api/node-halt.ts";
import { controllerRefOf, getIfThere, isControlledBy, readController } from "../kube/owner-reference.ts";
import { collectionPath, objectPath, resourceOf } from "../kube/paths.ts";
import type { PodGroup } from "../model/pod-group.ts";
import type { WorkloadSight } from "../model/workload-sight.ts";
import { controlledByOne, deployedBelow, replicaSetsIn } from "./deployed-below.ts";
import {
  areSettled,
  carriedGroup,
  fieldOf,
  imageFieldOf,
  notRunBy,
  statefulSetsIn,
} from "./owned-stateful-sets.ts";
import { mayCarry } from "./pod-template.ts";
import { isSameKind } from "./same-kind.ts";
import type { StatefulSet } from "./stateful-set.ts";
import { type Lineage, type WorkloadTarget, wasReplaced } from "./workload.ts";

/** A policy's custom resource whose owner is named, too. */
type Owned = CustomResourceTarget & { readonly owner: OwnerTarget };

/** Whether a reference means an object of the kind that the policy names as the owner. */
export function isOwnerIn(custom: CustomResourceTarget | undefined, ref: WorkloadRef): custom is Owned {
  return custom?.owner !== undefined && isSameKind(custom.owner, ref);
}

/** The owner that the policy names, where it controls `object`. `undefined` where another one does, or none. */
export async function findOwner(
  api: KubeApi,
  object: KubeObject,
  { kind: what, owner }: CustomResourceTarget,
): Promise<Lineage | undefined> {
  if (owner === undefined || controllerRefOf(object)?.kind !== owner.kind) return undefined;
  const { apiVersion, kind, resource } = owner;
  const whose = `${what} ${object.metadata.name}`;
  const ownerKind = { apiVersion, kind, resource: resourceOf(apiVersion, resource) };
  const found = await readController<KubeObject>(api, object, whose, ownerKind);
  if (found.kind === "disowned") return { kind: "none", why: found.why };
  const { name, uid = "" } = found.owner.metadata;
  return { kind: "found", ref: { apiVersion, kind, resource, name, uid } };
}

/**
 * An object such as Sei's SeiNetwork, which writes its image into every custom resource that it controls. The pods of all of them
 * are made from its image: those of one that has no StatefulSet are missing.
 */
export async function readOwner(
  api: KubeApi,
  { namespace, ref, container, pod }: WorkloadTarget,
  custom: Owned,
): Promise<WorkloadSight> {
  const what = `${ref.kind} ${namespace}/${ref.name}`;
  const path = objectPath(resourceOf(ref.apiVersion, ref.resource), namespace, ref.name);
  const nodesPath = collectionPath(resourceOf(custom.apiVersion, custom.resource), namespace);
  const [object, nodes, sets, replicaSets] = await Promise.all([
    getIfThere<KubeObject>(api, path),
    listWanted<KubeObject>(api, nodesPath, () => true),
    statefulSetsIn(api, namespace),
    replicaSetsIn(api, namespace),
  ]);
  if (object === undefined) return { kind: "missing", what };
  const below = nodes
    .filter((node) => isControlledBy(node, object.metadata.uid))
    .map((node) => ({ node, sets: sets.filter((set) => isControlledBy(set, node.metadata.uid)) }));
  const why = wasReplaced(ref, object, pod) ?? (pod && notRunBelow(what, object, below, { custom, pod }));
  if (why !== undefined) return { kind: "disowned", what, why };
  const found = imageFieldOf(object, { what, path, imagePath: custom.owner.imagePath });
  if (found.kind === "missing") return found;
  const { image } = found;
  const above = controlledByOne([object, ...below.map(({ node }) => node)]);
  const deployed = await deployedBelow(api, replicaSets, { container, image }, above);
  const hasImage = ({ node, sets }: Below): boolean =>
    fieldOf(node, custom.imagePath.split(".")) === image && areSettled(sets, container, image);
  return {
    ...found,
    settled: below.length > 0 && below.every(hasImage),
    isOwner: true,
    groups: [
      ...below.flatMap(({ node, sets }) => {
        const carriers = sets.filter((set) => mayCarry(set, container, image));
        if (carriers.length === 0) return [groupWithout(custom, node)];
        return carriers.map((set) => carriedGroup(set, container));
      }),
      ...deployed,
    ],
  };
}

/** A custom resource, and the StatefulSets that it controls. */
interface Below {
  readonly node: KubeObject;
  readonly sets: readonly StatefulSet[];
}

function notRunBelow(
  what: string,
  object: KubeObject,
  below: readonly Below[],
  { custom, pod }: { readonly custom: Owned; readonly pod: NonNullable<WorkloadTarget["pod"]> },
): string | undefined {
  if (object.metadata.deletionTimestamp !== undefined) return `${what} is being deleted.`;
  const own = below.find(({ sets }) => sets.some(({ metadata }) => isControlledBy(pod, metadata.uid)));
  if (own === undefined) return `Pod ${pod.metadata.name} is run by no ${custom.kind} that ${what} controls.`;
  return notRunBy(`${custom.kind} ${own.node.metadata.name}`, own.node, own.sets, pod);
}

/** What a custom resource will run that runs nothing yet: nobody knows its pods, so it counts as one that is missing. */
function groupWithout({ kind }: Owned, { metadata: { name, uid = "" } }: KubeObject): PodGroup {
  return {
    what: `${kind} ${name}`,
    uid,
    strategy: { kind: "OnDelete" },
    podNames: [`${name}-0`],
    updateRevision: undefined,
    currentRevision: undefined,
    image: undefined,
  };
}
