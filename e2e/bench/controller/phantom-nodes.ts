import { setTimeout as delay } from "node:timers/promises";
import type { Write } from "./bare-client.ts";
import { type BenchCluster, createNamespace, WIDTH } from "./bench-cluster.ts";
import { addressOf, type Chain } from "./chain.ts";
import { inParallel } from "./in-parallel.ts";
import {
  createSet,
  endPod,
  OLD_IMAGE,
  type PhantomPod,
  reportHalted,
  reportRunning,
} from "./phantom-sets.ts";
import type { NodeIdentity } from "./recorded-writes.ts";

/** How long the cluster may take for any one thing. */
const DEADLINE_MS = 600_000;

/**
 * Nodes of one chain, one StatefulSet each, in a namespace of their own, on a kubelet that only reports: new pods run at once,
 * and all halt when they are told to.
 */
export class PhantomNodes {
  readonly namespace: string;
  readonly count: number;
  readonly #cluster: BenchCluster;
  readonly #chain: Chain;
  /** UIDs of the StatefulSets, by name. */
  readonly #sets = new Map<string, string>();
  /** Pods from the old image, by name. */
  readonly #old = new Map<string, PhantomPod>();
  readonly #running = new Set<string>();
  readonly #ending = new Set<string>();
  readonly #replaced = new Set<string>();
  /** When the last pod that halted was gone, on `performance.now()`'s clock. */
  #lastReplacedAt = Number.NaN;
  readonly #over = new AbortController();
  #fault: unknown;

  private constructor(cluster: BenchCluster, chain: Chain, namespace: string, count: number) {
    this.#cluster = cluster;
    this.#chain = chain;
    this.namespace = namespace;
    this.count = count;
  }

  /** Resolves when all run. */
  static async start(
    cluster: BenchCluster,
    chain: Chain,
    namespace: string,
    count: number,
  ): Promise<PhantomNodes> {
    await createNamespace(cluster, namespace);
    const nodes = new PhantomNodes(cluster, chain, namespace, count);
    cluster.cleanup.add(() => nodes.stop());
    nodes.#report().catch((error: unknown) => {
      nodes.#fault = error;
    });
    const names = Array.from({ length: count }, (_, index) => `sei-${index}`);
    await inParallel(names, WIDTH, async (name) => {
      const set = await cluster.client.send<PhantomPod>(createSet(namespace, name, chain.port));
      nodes.#sets.set(name, set.metadata.uid);
    });
    await nodes.#until("all nodes run", () => nodes.#running.size, count);
    return nodes;
  }

  get identities(): readonly NodeIdentity[] {
    return [...this.#sets].map(([name, setUid]) => {
      const podUid = this.#old.get(`${name}-0`)?.metadata.uid ?? "";
      return { namespace: this.namespace, name, setUid, podUid };
    });
  }

  /** All halt in one block; `onHalted` is told of each whose halt is written. Resolves when all are. */
  async halt(onHalted: (pod: PhantomPod) => void = () => {}): Promise<void> {
    this.#chain.end(...Array.from({ length: this.count }, (_, index) => addressOf(index, "before")));
    await inParallel([...this.#old.values()], WIDTH, async (pod) => {
      await this.#cluster.client.send(reportHalted(this.namespace, pod));
      onHalted(pod);
    });
  }

  /** Resolves when every pod that halted is gone, to when the last one was. */
  async replaced(): Promise<number> {
    await this.#until("all halted pods are replaced", () => this.#replaced.size, this.#old.size);
    return this.#lastReplacedAt;
  }

  stop(): void {
    this.#over.abort();
  }

  /** What a kubelet does: looks at its pods, and reports new ones as running. */
  async #report(): Promise<void> {
    const { client, signal } = this.#cluster;
    const path = `/api/v1/namespaces/${this.namespace}/pods`;
    const over = AbortSignal.any([signal, this.#over.signal]);
    for await (const { type, object } of client.watch<PhantomPod>(path, over)) {
      if (type === "DELETED") this.#onDeleted(object);
      else this.#onPod(object);
    }
  }

  #onPod(pod: PhantomPod): void {
    const { uid, name, deletionTimestamp } = pod.metadata;
    if (deletionTimestamp !== undefined && !this.#ending.has(uid)) {
      this.#ending.add(uid);
      this.#send(endPod(this.namespace, pod));
    }
    if (this.#running.has(uid)) return;
    this.#running.add(uid);
    const isOld = pod.spec.containers[0]?.image === OLD_IMAGE;
    if (isOld) this.#old.set(name, pod);
    const address = addressOf(indexOf(name), isOld ? "before" : "after");
    this.#send(reportRunning(this.namespace, pod, address));
  }

  #send(write: Write): void {
    this.#cluster.client.send(write).catch((error: unknown) => {
      this.#fault ??= error;
    });
  }

  #onDeleted({ metadata }: PhantomPod): void {
    if (this.#old.get(metadata.name)?.metadata.uid !== metadata.uid) return;
    this.#replaced.add(metadata.name);
    this.#lastReplacedAt = performance.now();
  }

  async #until(what: string, reached: () => number, wanted: number): Promise<void> {
    const { progress } = this.#cluster;
    const signal = AbortSignal.any([this.#cluster.signal, this.#over.signal]);
    const deadline = performance.now() + DEADLINE_MS;
    while (reached() < wanted) {
      if (this.#fault !== undefined && !this.#over.signal.aborted) throw this.#fault;
      if (performance.now() > deadline)
        throw new Error(`waited in vain until ${what}: ${reached()} of ${wanted}`);
      progress(`${this.namespace}: ${what}: ${reached()} of ${wanted}`);
      await delay(100, undefined, { signal });
    }
  }
}

/** Which node of its chain the pod `sei-N-0` is. */
function indexOf(podName: string): number {
  return Number(podName.split("-")[1]);
}
