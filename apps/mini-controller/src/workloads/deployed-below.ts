import { type KubeApi, type KubeObject, listWanted } from "@upgrade-halt/kube";
import { controllerRefOf, getIfThere, isControlledBy } from "../kube/owner-reference.ts";
import { collectionPath, DEPLOYMENTS, namespaceOf, objectPath, REPLICA_SETS } from "../kube/paths.ts";
import type { PodGroup } from "../model/pod-group.ts";
import { type Deployment, deploymentStrategy } from "./deployment-strategy.ts";
import { imageIn, mayCarry, type TemplatedWorkload } from "./pod-template.ts";

type IsBelow = (object: KubeObject) => boolean;

export async function replicaSetsIn(api: KubeApi, namespace: string): Promise<readonly TemplatedWorkload[]> {
  return await listWanted<TemplatedWorkload>(api, collectionPath(REPLICA_SETS, namespace), () => true);
}

/**
 * Of ReplicaSets those that an object controls, itself or by a Deployment: sentries beside a validator, say. Their pods get the image
 * that is set in the object, too. Each pod that is there and has another image counts until it has halted, and so does each that is
 * missing: it will be made from whatever the template says then.
 */
export async function deployedBelow(
  api: KubeApi,
  replicaSets: readonly TemplatedWorkload[],
  { container, image }: { readonly container: string; readonly image: string },
  isBelow: IsBelow,
): Promise<readonly PodGroup[]> {
  const sets = replicaSets.filter((set) => mayCarry(set, container, image));
  const found = await Promise.all(sets.map(async (set) => ({ set, owner: await deploymentOf(api, set) })));
  const below = found.filter(({ set, owner }) => isBelow(set) || (owner !== undefined && isBelow(owner)));
  return below.map(({ set, owner }) => {
    const ofOwner = below.filter(
      (other) => owner !== undefined && other.owner?.metadata.uid === owner.metadata.uid,
    );
    // A Deployment that was scaled a moment ago has not told its ReplicaSets yet.
    const isFirst = ofOwner[0]?.set === set;
    const made = ofOwner.reduce((sum, other) => sum + replicasOf(other.set), 0);
    // One that is parked counts as a pod that is missing: whoever scales it up again starts what its template says then.
    const yetToCome = isFirst && owner !== undefined ? Math.max(0, (replicasOf(owner) || 1) - made) : 0;
    const own = owner === undefined ? replicasOf(set) || 1 : replicasOf(set);
    return groupOf(set, container, own + yetToCome, owner);
  });
}

async function deploymentOf(api: KubeApi, set: TemplatedWorkload): Promise<Deployment | undefined> {
  const { kind, name = "", uid } = controllerRefOf(set) ?? {};
  if (kind !== "Deployment") return undefined;
  const path = objectPath(DEPLOYMENTS, namespaceOf(set), name);
  const deployment = await getIfThere<Deployment>(api, path);
  return deployment?.metadata.uid === uid ? deployment : undefined;
}

function replicasOf({ spec }: TemplatedWorkload): number {
  return spec.replicas ?? 1;
}

function groupOf(
  set: TemplatedWorkload,
  container: string,
  wanted: number,
  owner: Deployment | undefined,
): PodGroup {
  const { name, uid = "" } = set.metadata;
  const image = imageIn(set, container);
  // A ReplicaSet that no Deployment controls replaces no pod.
  const strategy = owner === undefined ? ({ kind: "OnDelete" } as const) : deploymentStrategy(owner);
  return { what: `ReplicaSet ${name}`, uid, strategy, podNames: [], wanted, image };
}

/** Whether one of these objects controls another. */
export function controlledByOne(objects: readonly KubeObject[]): IsBelow {
  return (object) => objects.some(({ metadata }) => isControlledBy(object, metadata.uid));
}
