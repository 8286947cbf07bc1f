import { isStatus } from "../client/client-error.ts";
import { KeyQueue } from "../client/key-queue.ts";
import type { KubeClient } from "../client/kube-client.ts";
import { ResourceCache } from "../client/resource-cache.ts";
import { NODES, PODS, pathOf } from "../client/resource-path.ts";
import { arrayAt, at, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";

/** Binds each pod without a node to a Ready node, the one with the fewest pods. */
export class Scheduler {
  readonly #client: KubeClient;
  readonly #pods: ResourceCache;
  readonly #nodes: ResourceCache;
  readonly #queue: KeyQueue;

  constructor(client: KubeClient, pods: ResourceCache) {
    this.#client = client;
    this.#pods = pods;
    this.#nodes = new ResourceCache(client, NODES);
    this.#queue = new KeyQueue({ reconcile: (key) => this.#bind(key) });
    pods.onChange((key, pod) => (pod !== undefined && isUnbound(pod) ? this.#queue.add(key) : undefined));
    this.#nodes.onChange(() => this.#bindWaiting());
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.#queue.stop(), { once: true });
    await this.#nodes.start(signal);
  }

  #bindWaiting(): void {
    for (const pod of this.#pods.values().filter(isUnbound)) {
      this.#queue.add(`${stringAt(pod, "metadata", "namespace")}/${pod.metadata.name}`);
    }
  }

  async #bind(key: string): Promise<void> {
    const pod = this.#pods.get(key);
    const node = this.#pickNode();
    if (pod === undefined || !isUnbound(pod) || node === undefined) return;
    const namespace = stringAt(pod, "metadata", "namespace") ?? "";
    const { name, uid = "" } = pod.metadata;
    const binding = {
      apiVersion: "v1",
      kind: "Binding",
      metadata: { name, namespace, uid },
      target: { apiVersion: "v1", kind: "Node", name: node },
    };
    try {
      await this.#client.create(pathOf(PODS, namespace, name, "binding"), binding);
    } catch (error) {
      if (!isStatus(error, 404) && !isStatus(error, 409)) throw error;
    }
  }

  #pickNode(): string | undefined {
    const load = new Map<string, number>();
    for (const pod of this.#pods.values()) {
      const name = stringAt(pod, "spec", "nodeName") ?? "";
      load.set(name, (load.get(name) ?? 0) + 1);
    }
    const names = this.#nodes
      .values()
      .filter(isReady)
      .map((node) => node.metadata.name);
    return names.toSorted((left, right) => (load.get(left) ?? 0) - (load.get(right) ?? 0))[0];
  }
}

function isUnbound(pod: KubeObject): boolean {
  return stringAt(pod, "spec", "nodeName") === undefined && pod.metadata.deletionTimestamp === undefined;
}

function isReady(node: KubeObject): boolean {
  const ready = arrayAt(node, "status", "conditions").find((one) => at(one, "type") === "Ready");
  return stringAt(ready, "status") === "True" && at(node, "spec", "unschedulable") !== true;
}
