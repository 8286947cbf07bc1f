import type { KeyQueue } from "@upgrade-halt/kube";
import { hasCode } from "@upgrade-halt/kube";
import type { ApiClient } from "../client/api-client.ts";
import { ResourceCache } from "../client/resource-cache.ts";
import { NODES, PODS, pathOf } from "../client/resource-path.ts";
import { arrayAt, at, stringAt, stringsAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { EventRecorder } from "../kubelet/event-recorder.ts";
import { loopQueue } from "./loop-queue.ts";
import { ignoreMissing } from "./lost-races.ts";

/** The name that a pod has when it asks for no scheduler. */
const DEFAULT_SCHEDULER = "default-scheduler";

/**
 * Binds each pod without a node that names one of its schedulers to a Ready node with the labels of the pod's
 * `nodeSelector`, the one with the fewest pods. A pod that fits no node says so in its PodScheduled condition and an Event.
 */
export class Scheduler {
  readonly #client: ApiClient;
  readonly #pods: ResourceCache;
  readonly #nodes: ResourceCache;
  readonly #queue: KeyQueue;
  readonly #events: EventRecorder;
  readonly #names: ReadonlySet<string>;

  /** `names`: of schedulers that it stands for, beside the default one. */
  constructor(client: ApiClient, pods: ResourceCache, names: readonly string[] = []) {
    this.#events = new EventRecorder(client, DEFAULT_SCHEDULER, "", Date.now);
    this.#names = new Set([DEFAULT_SCHEDULER, ...names]);
    this.#client = client;
    this.#pods = pods;
    this.#nodes = new ResourceCache(client, NODES);
    this.#queue = loopQueue((key) => this.#bind(key));
    pods.onChange((key, pod) => (pod !== undefined && this.#isMine(pod) ? this.#queue.add(key) : undefined));
    this.#nodes.onChange(() => this.#bindWaiting());
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => void this.#queue.stop(), { once: true });
    await this.#nodes.start(signal);
  }

  #bindWaiting(): void {
    for (const pod of this.#pods.values().filter((one) => this.#isMine(one))) {
      this.#queue.add(`${stringAt(pod, "metadata", "namespace")}/${pod.metadata.name}`);
    }
  }

  async #bind(key: string): Promise<void> {
    const pod = this.#pods.get(key);
    if (pod === undefined || !this.#isMine(pod)) return;
    const node = this.#pickNode(pod);
    if (node === undefined) return this.#sayUnschedulable(pod);
    const namespace = stringAt(pod, "metadata", "namespace") ?? "";
    const { name, uid = "" } = pod.metadata;
    const binding = {
      apiVersion: "v1",
      kind: "Binding",
      metadata: { name, namespace, uid },
      target: { apiVersion: "v1", kind: "Node", name: node },
    };
    await this.#client.create(pathOf(PODS, namespace, name, "binding"), binding).catch(ignoreMissing);
  }

  #isMine(pod: KubeObject): boolean {
    return isUnbound(pod) && this.#names.has(stringAt(pod, "spec", "schedulerName") ?? DEFAULT_SCHEDULER);
  }

  /** Says once why the pod waits. */
  async #sayUnschedulable(pod: KubeObject): Promise<void> {
    const nodes = this.#nodes.values();
    const strange = nodes.filter((node) => isReady(node) && !fits(pod, node)).length;
    const why =
      strange === 0 ? "none is ready" : `${strange} node(s) didn't match Pod's node affinity/selector`;
    const message = `0/${nodes.length} nodes are available: ${why}.`;
    const before = arrayAt(pod, "status", "conditions").find((one) => at(one, "type") === "PodScheduled");
    if (nodes.length === 0 || stringAt(before, "message") === message) return;
    const namespace = stringAt(pod, "metadata", "namespace") ?? "";
    const condition = { type: "PodScheduled", status: "False", reason: "Unschedulable", message };
    try {
      await this.#client.strategicMergePatch(pathOf(PODS, namespace, pod.metadata.name, "status"), {
        metadata: { uid: pod.metadata.uid ?? "" },
        status: { conditions: [condition] },
      });
      this.#events.record(pod, "Warning", "FailedScheduling", message);
    } catch (error) {
      if (!hasCode(error, "not-found", "already-exists", "conflict", "invalid")) throw error;
    }
  }

  #pickNode(pod: KubeObject): string | undefined {
    const load = new Map<string, number>();
    for (const other of this.#pods.values()) {
      const name = stringAt(other, "spec", "nodeName") ?? "";
      load.set(name, (load.get(name) ?? 0) + 1);
    }
    const names = this.#nodes
      .values()
      .filter((node) => isReady(node) && fits(pod, node))
      .map((node) => node.metadata.name);
    return names.toSorted((left, right) => (load.get(left) ?? 0) - (load.get(right) ?? 0))[0];
  }
}

function isUnbound(pod: KubeObject): boolean {
  return stringAt(pod, "spec", "nodeName") === undefined && pod.metadata.deletionTimestamp === undefined;
}

function fits(pod: KubeObject, node: KubeObject): boolean {
  const labels = stringsAt(node, "metadata", "labels");
  return Object.entries(stringsAt(pod, "spec", "nodeSelector")).every(
    ([key, value]) => labels[key] === value,
  );
}

function isReady(node: KubeObject): boolean {
  const ready = arrayAt(node, "status", "conditions").find((one) => at(one, "type") === "Ready");
  return stringAt(ready, "status") === "True" && at(node, "spec", "unschedulable") !== true;
}
