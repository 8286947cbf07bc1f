import type { ApiClient } from "../client/api-client.ts";
import { pathOf, SEI_NETWORKS, SEI_NODES } from "../client/resource-path.ts";
import { arrayAt, at, type Json, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { controllerReference } from "../json/owners.ts";
import { sleepUnless } from "../kubelet/sleep-unless.ts";

/** How often Sei's controller was seen to write a SeiNetwork's image into its SeiNodes (2026-11-28), in ms. */
const WRITE_BACK_MS = 30_000;
/** Names the SeiNetwork that a SeiNode belongs to. */
export const NETWORK_LABEL = "sei.io/seinetwork";

export interface SeiNetworkOptions {
  /** All namespaces unless said. */
  readonly namespace?: string;
  readonly everyMs?: number;
  /** True after the time, false as soon as the signal aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<boolean>;
}

/**
 * Stands for Sei's controller of SeiNetworks: every 30 s it writes the network's image into each SeiNode that the network
 * controls, whatever was set there. Here a network also becomes the controller of each SeiNode with its label that has none:
 * there it makes its SeiNodes itself.
 */
export class SeiNetworkLoop {
  readonly #client: ApiClient;
  readonly #options: Required<SeiNetworkOptions>;

  constructor(
    client: ApiClient,
    { namespace = "", everyMs = WRITE_BACK_MS, sleep = sleepUnless }: SeiNetworkOptions = {},
  ) {
    this.#client = client;
    this.#options = { namespace, everyMs, sleep };
  }

  /** Resolves once `signal` has aborted. What fails is tried again at the next turn. */
  async run(signal: AbortSignal): Promise<void> {
    const { everyMs, sleep } = this.#options;
    do await this.#writeBack().catch(() => undefined);
    while (await sleep(everyMs, signal));
  }

  async #writeBack(): Promise<void> {
    const { namespace } = this.#options;
    const [networks, nodes] = await Promise.all(
      [SEI_NETWORKS, SEI_NODES].map(async (kind) => {
        const { items } = await this.#client.list<KubeObject>(pathOf(kind, namespace));
        return items;
      }),
    );
    for (const network of networks ?? [])
      for (const node of nodes ?? []) {
        const change = changeOf(node, network);
        const path = pathOf(SEI_NODES, stringAt(node, "metadata", "namespace"), node.metadata.name);
        if (change !== undefined) await this.#client.mergePatch(path, change);
      }
  }
}

/** What the network writes into the SeiNode, or `undefined` where it is not the network's or as it wants it. */
function changeOf(node: KubeObject, { metadata: { name, namespace, uid = "" }, spec }: KubeObject) {
  if (namespace !== node.metadata.namespace) return undefined;
  const image: Json = stringAt(spec, "image") ?? "";
  const owners = arrayAt(node, "metadata", "ownerReferences");
  const controller = controllerReference(node);
  const isTaken = controller === undefined && stringAt(node, "metadata", "labels", NETWORK_LABEL) === name;
  if (!isTaken && (controller === undefined || at(controller, "uid") !== uid)) return undefined;
  if (!isTaken) return stringAt(node, "spec", "image") === image ? undefined : { spec: { image } };
  const { apiVersion, kind } = SEI_NETWORKS;
  const metadata = { ownerReferences: [...owners, { apiVersion, kind, name, uid, controller: true }] };
  return { metadata, spec: { image } };
}
