import type { KubeApi, KubeObject, Store } from "@upgrade-halt/kube";
import type { HaltPolicy } from "../api/halt-policy.ts";
import type { NodeHalt } from "../api/node-halt.ts";
import { ControllerError } from "../controller-error.ts";
import type { FreshLists } from "../kube/fresh-lists.ts";
import { collectionPath, HALT_POLICIES, NODE_HALTS, objectPath, PODS } from "../kube/paths.ts";
import type { Pod } from "../model/pod.ts";
import { createStores, type Stores } from "../model/stores.ts";
import { perObject } from "../per-object.ts";

/** The API server, and the lists that those who ask at once share. */
export interface Server {
  readonly api: KubeApi;
  readonly pods: FreshLists<Pod>;
  readonly policies: FreshLists<HaltPolicy>;
}

/** The stores of lists that were read: whoever shares a list shares its store, which nobody writes. */
const podsIn = perObject((list: readonly Pod[]) => filled(createStores().pods, list));
const policiesIn = perObject((list: readonly HaltPolicy[]) => filled(createStores().policies, list));

/**
 * Reads what an act about `halt` rests on, all at once: its policies and every pod of its namespace, in stores of their
 * own. All pods, since any of them may be the same validator, and no label says which. `known` are the controller's
 * copies.
 *
 * @throws {ControllerError} `conflict` when the journal itself was written since: `refresh` and decide again.
 */
export async function readServerView(
  { api, pods, policies }: Server,
  halt: NodeHalt,
  known: Stores,
): Promise<Stores> {
  const { namespace = "", name, resourceVersion } = halt.metadata;
  const [journal, policiesThere, podsThere] = await Promise.all([
    api.get<NodeHalt>(objectPath(NODE_HALTS, namespace, name)),
    policies.list(collectionPath(HALT_POLICIES, namespace), known.policies.under(namespace).length),
    pods.list(collectionPath(PODS, namespace), known.pods.under(namespace).length),
  ]);
  if (journal.metadata.resourceVersion !== resourceVersion)
    throw new ControllerError("conflict", `NodeHalt ${namespace}/${name} was written meanwhile`);
  return {
    ...createStores(),
    halts: known.halts,
    pods: podsIn(podsThere),
    policies: policiesIn(policiesThere),
  };
}

function filled<T extends KubeObject>(store: Store<T>, objects: readonly T[]): Store<T> {
  for (const object of objects) store.put(object);
  return store;
}
