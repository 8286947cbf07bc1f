import { listWanted } from "../kube/list-pages.ts";
import { controllerRefOf, getIfThere, isControlledBy } from "../kube/owner-reference.ts";
import { collectionPath, DEPLOYMENTS, objectPath, REPLICA_SETS } from "../kube/paths.ts";
import type { KubeApi, KubeObject } from "../kube/types.ts";
import type { PodGroup } from "../model/pod-group.ts";
import { imageIn, type TemplatedWorkload } from "./pod-template.ts";

type IsBelow = (object: KubeObject) => boolean;

/** The ReplicaSets of a namespace that run the container. */
export async function replicaSetsIn(
  api: KubeApi,
  namespace: string,
  container: string,
): Promise<readonly TemplatedWorkload[]> {
  const path = collectionPath(REPLICA_SETS, namespace);
  return await listWanted<TemplatedWorkload>(api, path, (set) => imageIn(set, container) !== undefined);
}

/**
 * Of ReplicaSets those that an object controls, itself or by a Deployment: sentries beside a validator, say. Their pods get the image
 * that is set in the object, too. Each pod that is there and has another image counts until it has halted.
 */
export async function deployedBelow(
  api: KubeApi,
  sets: readonly TemplatedWorkload[],
  container: string,
  isBelow: IsBelow,
): Promise<readonly PodGroup[]> {
  const found = await Promise.all(
    sets.map(async (set) => isBelow(set) || isBelow((await deploymentOf(api, set)) ?? set)),
  );
  return sets.filter((_, index) => found[index] === true).map((set) => groupOf(set, container));
}

async function deploymentOf(api: KubeApi, set: TemplatedWorkload): Promise<KubeObject | undefined> {
  const { kind, name = "", uid } = controllerRefOf(set) ?? {};
  if (kind !== "Deployment") return undefined;
  const path = objectPath(DEPLOYMENTS, set.metadata.namespace ?? "", name);
  const deployment = await getIfThere<KubeObject>(api, path);
  return deployment?.metadata.uid === uid ? deployment : undefined;
}

function groupOf(set: TemplatedWorkload, container: string): PodGroup {
  const { name, uid = "" } = set.metadata;
  const image = imageIn(set, container);
  return { what: `ReplicaSet ${name}`, uid, strategy: { kind: "OnDelete" }, podNames: [], image };
}

/** Whether one of these objects controls another. */
export function controlledByOne(objects: readonly KubeObject[]): IsBelow {
  return (object) => objects.some(({ metadata }) => isControlledBy(object, metadata.uid));
}
