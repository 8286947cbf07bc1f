import type { KubeApi } from "@upgrade-halt/kube";
import { type HaltPolicy, withDefaults } from "../api/halt-policy.ts";
import type { NodeHalt } from "../api/node-halt.ts";
import { ControllerError } from "../controller-error.ts";
import type { FreshLists } from "../kube/fresh-lists.ts";
import { collectionPath, HALT_POLICIES, NODE_HALTS, objectPath, PODS } from "../kube/paths.ts";
import type { Pod } from "../model/pod.ts";
import { createStores, type Stores } from "../model/stores.ts";

/** The API server, and the lists of pods that those who ask at once share. */
export interface Server {
  readonly api: KubeApi;
  readonly pods: FreshLists<Pod>;
}

/**
 * Reads what an act about `halt` rests on, all at once: its policies and every pod of its namespace, in stores of their
 * own. All pods, since any of them may be the same validator, and no label says which. `known` are the controller's
 * copies.
 *
 * @throws {ControllerError} `conflict` when the journal itself was written since: `refresh` and decide again.
 */
export async function readServerView({ api, pods }: Server, halt: NodeHalt, known: Stores): Promise<Stores> {
  const { namespace = "", name, resourceVersion } = halt.metadata;
  const [journal, policies, podsThere] = await Promise.all([
    api.get<NodeHalt>(objectPath(NODE_HALTS, namespace, name)),
    api.list<HaltPolicy>(collectionPath(HALT_POLICIES, namespace)),
    pods.list(collectionPath(PODS, namespace), known.pods.under(namespace).length),
  ]);
  if (journal.metadata.resourceVersion !== resourceVersion)
    throw new ControllerError("conflict", `NodeHalt ${namespace}/${name} was written meanwhile`);
  const stores: Stores = { ...createStores(), halts: known.halts };
  for (const policy of policies.items) stores.policies.put(withDefaults(policy));
  for (const pod of podsThere) stores.pods.put(pod);
  return stores;
}
