import { type HaltPolicy, withDefaults } from "../api/halt-policy.ts";
import type { NodeHalt } from "../api/node-halt.ts";
import { ControllerError } from "../controller-error.ts";
import { collectionPath, HALT_POLICIES, NODE_HALTS, objectPath, PODS } from "../kube/paths.ts";
import type { KubeApi } from "../kube/types.ts";
import { getIfThere } from "../workloads/owner-reference.ts";
import type { WorkloadSight } from "./observation.ts";
import { type Pod, projectPod } from "./pod.ts";
import { createStores, podsOf, type Stores } from "./stores.ts";

/** What the API server says of one halt's node: its policies and its pods, in stores of their own. */
export interface ServerView {
  readonly stores: Stores;
  /** Adds the pods that share a template with the node's. */
  readonly addSiblings: (workload: WorkloadSight) => Promise<void>;
}

/**
 * Reads what an act about `halt` rests on, all at once. `known` are the controller's copies, by which pods without
 * names of their own are found.
 *
 * @throws {ControllerError} `conflict` when the journal itself was written since: `refresh` and plan again.
 */
export async function readServerView(api: KubeApi, halt: NodeHalt, known: Stores): Promise<ServerView> {
  const { namespace = "", name, resourceVersion } = halt.metadata;
  const stores: Stores = { ...createStores(), halts: known.halts };
  const readPod = async (podName: string) => {
    const pod = await getIfThere<Pod>(api, objectPath(PODS, namespace, podName));
    if (pod !== undefined) stores.pods.put(projectPod(pod));
  };
  const [journal, policies] = await Promise.all([
    api.get<NodeHalt>(objectPath(NODE_HALTS, namespace, name)),
    api.list<HaltPolicy>(collectionPath(HALT_POLICIES, namespace)),
    readPod(halt.spec.podName),
  ]);
  if (journal.metadata.resourceVersion !== resourceVersion)
    throw new ControllerError("conflict", `NodeHalt ${namespace}/${name} was written meanwhile`);
  for (const policy of policies.items) stores.policies.put(withDefaults(policy));
  return {
    stores,
    addSiblings: async (workload) => {
      await Promise.all(siblingNames(workload, halt.spec.podName, known).map(readPod));
    },
  };
}

function siblingNames(workload: WorkloadSight, podName: string, known: Stores): readonly string[] {
  if (workload.kind !== "found") return [];
  const names = workload.groups.flatMap(({ uid, podNames }) => [
    ...podNames,
    ...known.pods.under(podsOf.controller(uid)).map(({ metadata }) => metadata.name),
  ]);
  return [...new Set(names)].filter((name) => name !== podName);
}
