import { isOlderVersion, type KubeApi, type KubeObject, keyOf, type Store } from "@upgrade-halt/kube";
import type { HaltPolicy } from "../api/halt-policy.ts";
import type { NodeHalt } from "../api/node-halt.ts";
import { ControllerError } from "../controller-error.ts";
import type { FreshLists } from "../kube/fresh-lists.ts";
import type { Listed } from "../kube/list-by-metadata.ts";
import { collectionPath, HALT_POLICIES, NODE_HALTS, objectPath, PODS } from "../kube/paths.ts";
import type { Pod } from "../model/pod.ts";
import { createStores, type Stores } from "../model/stores.ts";
import { perObject } from "../per-object.ts";
import { takeNewer } from "./take-newer.ts";

/** The API server, and the lists that those who ask at once share. */
export interface Server {
  readonly api: KubeApi;
  readonly pods: FreshLists<Pod>;
  readonly policies: FreshLists<HaltPolicy>;
}

/** What an act rests on. */
export interface ServerView {
  readonly stores: Stores;
  /**
   * Takes over what the watches told of while the API server was asked: one slow answer among several makes the others old. Call it
   * in the turn in which the stores are looked at.
   *
   * @throws {ControllerError} `conflict` when the journal itself was written or deleted since.
   */
  readonly catchUp: () => void;
}

/** The stores of lists that were read: whoever shares a list shares its store, which nothing older is written to. */
const podsIn = perObject((list: Listed<Pod>) => filled(createStores().pods, list));
const policiesIn = perObject((list: Listed<HaltPolicy>) => filled(createStores().policies, list));

/**
 * Reads what an act about `halt` rests on, all at once: its policies and every pod of its namespace, in stores of their
 * own. All pods, since any of them may be the same validator, and no label says which. `known` are the controller's
 * copies.
 *
 * @throws {ControllerError} `conflict` when the journal itself was written since: `refresh` and decide again.
 */
export async function readServerView(server: Server, halt: NodeHalt, known: Stores): Promise<ServerView> {
  const { namespace = "", name, resourceVersion } = halt.metadata;
  const [podsBefore, policiesBefore] = [known.pods.under(namespace), known.policies.under(namespace)];
  const wasKnown = known.halts.get(keyOf(halt)) !== undefined;
  const [journal, policiesThere, podsThere] = await Promise.all([
    server.api.get<NodeHalt>(objectPath(NODE_HALTS, namespace, name)),
    server.policies.list(collectionPath(HALT_POLICIES, namespace), policiesBefore.length),
    server.pods.list(collectionPath(PODS, namespace), podsBefore.length),
  ]);
  const isWritten = () =>
    new ControllerError("conflict", `NodeHalt ${namespace}/${name} was written meanwhile`);
  if (journal.metadata.resourceVersion !== resourceVersion) throw isWritten();
  const [pods, policies] = [podsIn(podsThere), policiesIn(policiesThere)];
  return {
    stores: { ...createStores(), halts: known.halts, pods, policies },
    catchUp: () => {
      const now = known.halts.get(keyOf(halt));
      const isGone = wasKnown && now === undefined;
      if (isGone || isOlderVersion(resourceVersion, now?.metadata.resourceVersion)) throw isWritten();
      takeNewer(pods, podsThere.version, podsBefore, known.pods.under(namespace));
      takeNewer(policies, policiesThere.version, policiesBefore, known.policies.under(namespace));
    },
  };
}

function filled<T extends KubeObject>(store: Store<T>, { objects }: Listed<T>): Store<T> {
  for (const object of objects) store.put(object);
  return store;
}
