import { hasCode, type KeyQueue } from "@upgrade-halt/kube";
import type { ApiClient } from "../client/api-client.ts";
import { ResourceCache } from "../client/resource-cache.ts";
import { pathOf, SEI_NODES, STATEFUL_SETS } from "../client/resource-path.ts";
import { arrayAt, clone, isObject, type JsonObject, objectAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { loopQueue } from "../workloads/loop-queue.ts";

export interface SeiNodeOptions {
  /** All namespaces unless said. */
  readonly namespace?: string;
  /** The StatefulSet of a SeiNode of this name, but for its owner and the image of its first container; of others there is none. */
  readonly setOf: (name: string) => KubeObject | undefined;
}

/** Stands for Sei's controller of SeiNodes: each has one StatefulSet of its name, which gets its image, and its status says which. */
export class SeiNodeLoop {
  readonly #client: ApiClient;
  readonly #setOf: SeiNodeOptions["setOf"];
  readonly #nodes: ResourceCache;
  readonly #queue: KeyQueue;

  constructor(client: ApiClient, { namespace = "", setOf }: SeiNodeOptions) {
    this.#client = client;
    this.#setOf = setOf;
    this.#nodes = new ResourceCache(client, SEI_NODES, { namespace });
    this.#queue = loopQueue((key) => this.#reconcile(key));
    this.#nodes.onChange((key, node) => (node === undefined ? undefined : this.#queue.add(key)));
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => void this.#queue.stop(), { once: true });
    await this.#nodes.start(signal);
  }

  async #reconcile(key: string): Promise<void> {
    const node = this.#nodes.get(key);
    const image = stringAt(node, "spec", "image");
    if (node === undefined || image === undefined || stringAt(node, "status", "currentImage") === image)
      return;
    const namespace = stringAt(node, "metadata", "namespace");
    const { name } = node.metadata;
    const template = this.#setOf(name);
    if (template === undefined) return;
    const set = setFor(node, template, image);
    await this.#client.create(pathOf(STATEFUL_SETS, namespace), set).catch(async (error: unknown) => {
      if (!hasCode(error, "already-exists")) throw error;
      const spec = { template: { spec: { containers: [{ name: firstContainer(set).name ?? "", image }] } } };
      await this.#client.strategicMergePatch(pathOf(STATEFUL_SETS, namespace, name), { spec });
    });
    const status = { phase: "Running", currentImage: image };
    await this.#client.mergePatch(pathOf(SEI_NODES, namespace, name, "status"), { status });
  }
}

function setFor({ metadata: { name, uid = "" } }: KubeObject, template: KubeObject, image: string) {
  const set = clone<KubeObject>(template);
  const owner = { apiVersion: SEI_NODES.apiVersion, kind: SEI_NODES.kind, name, uid, controller: true };
  delete set.metadata.namespace;
  Object.assign(set.metadata, { name, ownerReferences: [owner] });
  firstContainer(set).image = image;
  return set;
}

function firstContainer(set: KubeObject): JsonObject {
  return arrayAt(objectAt(set, "spec", "template", "spec"), "containers").find(isObject) ?? {};
}
