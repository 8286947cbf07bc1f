import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { NodeHalt } from "@upgrade-halt/mini-controller/api";
import { API_VERSION } from "@upgrade-halt/mini-controller/api";
import { type Program, until } from "@upgrade-halt/testing";
import type { ControllerPlace } from "../../harness/controller.ts";
import { type BenchCluster, createNamespace, WIDTH } from "./bench-cluster.ts";
import { Chain } from "./chain.ts";
import { createHaltingSet, giveTheWord, type HaltFiles, haltFilesOf, timeIn } from "./halting-sets.ts";
import { inParallel } from "./in-parallel.ts";
import { NEW_IMAGE, type PhantomPod } from "./phantom-sets.ts";
import { createPolicy, untilSeenRunning } from "./policy.ts";
import { DEADLINE_MS, SwapWatch } from "./swap-watch.ts";

const NAMESPACE = "bench-latency";

/** Times of one halt, in ms since its node's process said that it exits. */
export interface Exit {
  /** Until the controller saw it: what the kubelet and the watch of its pod take. */
  readonly seen: number;
  /** Until the swap of the image shows in the API. */
  readonly swapped: number;
}

/**
 * Times halts one by one, from the exit of a node's process, by its own clock, until the swap of its image shows in the API: the
 * machine is idle in between.
 */
export class ExitTimer {
  readonly #cluster: BenchCluster;
  readonly #nodes: Iterator<[name: string, files: HaltFiles]>;
  readonly #chain: Chain;
  readonly #swaps: SwapWatch;

  private constructor(cluster: BenchCluster, nodes: ReadonlyMap<string, HaltFiles>, chain: Chain) {
    this.#cluster = cluster;
    this.#nodes = nodes.entries();
    this.#chain = chain;
    this.#swaps = new SwapWatch(cluster, NAMESPACE);
  }

  /** Has so many nodes run, seen to do so by the controller that `start` starts. */
  static async open(
    cluster: BenchCluster,
    halts: number,
    start: (place: ControllerPlace) => Promise<Program>,
  ): Promise<ExitTimer> {
    await createNamespace(cluster, NAMESPACE);
    const chain = await Chain.start();
    cluster.cleanup.add(() => chain.stop());
    await createPolicy(cluster, NAMESPACE);
    const names = Array.from({ length: halts }, (_, index) => `sei-${index}`);
    const nodes = new Map(names.map((name) => [name, haltFilesOf(cluster.folder, name)]));
    await promisify(execFile)(
      "mkfifo",
      [...nodes.values()].map(({ word }) => word),
    );
    await inParallel([...nodes], WIDTH, ([name, files]) =>
      cluster.client.send(createHaltingSet(NAMESPACE, name, files, chain.port)),
    );
    const controller = await start({ ...cluster, namespace: NAMESPACE });
    cluster.cleanup.add(() => controller.stop());
    await untilSeenRunning(cluster, NAMESPACE, halts);
    const timer = new ExitTimer(cluster, nodes, chain);
    cluster.cleanup.add(() => timer.#swaps.stop());
    return timer;
  }

  /** The next node halts. */
  async next(): Promise<Exit> {
    const node = this.#nodes.next();
    if (node.done) throw new Error("every node has halted");
    const [name, files] = node.value;
    const { status } = await this.#cluster.client.get<PhantomPod>(podPath(name));
    const swapped = this.#swaps.of(name);
    const resume = this.#chain.end(status?.podIP ?? "");
    await giveTheWord(files);
    const swappedAt = await swapped;
    const exitedAt = await timeIn(files.haltedAt);
    await untilReplaced(this.#cluster, name);
    resume();
    return { seen: (await detectedAt(this.#cluster, name)) - exitedAt, swapped: swappedAt - exitedAt };
  }
}

/** Resolves when the node runs on the new image and its journal waits for it to recover: nothing is under way then. */
async function untilReplaced(cluster: BenchCluster, node: string): Promise<void> {
  const isReplaced = async () => {
    const { spec, status } = await cluster.client.get<PhantomPod>(podPath(node));
    const runs = spec.containers[0]?.image === NEW_IMAGE && status?.phase === "Running";
    return runs && (await haltOf(cluster, node))?.status?.phase === "Recovering";
  };
  await until(`${node} to run on the new image`, isReplaced, { within: DEADLINE_MS, signal: cluster.signal });
}

function podPath(node: string): string {
  return `/api/v1/namespaces/${NAMESPACE}/pods/${node}-0`;
}

/** When the controller saw the node's halt, by the journal, in ms since the epoch. */
async function detectedAt(cluster: BenchCluster, node: string): Promise<number> {
  return Date.parse((await haltOf(cluster, node))?.spec.detectedAt ?? "");
}

async function haltOf(cluster: BenchCluster, node: string): Promise<NodeHalt | undefined> {
  return (await journalsIn(cluster)).find(({ spec }) => spec.podName === `${node}-0`);
}

async function journalsIn({ client }: BenchCluster): Promise<readonly NodeHalt[]> {
  const path = `/apis/${API_VERSION}/namespaces/${NAMESPACE}/nodehalts`;
  return (await client.get<{ items: readonly NodeHalt[] }>(path)).items;
}

/** A journal that the controller wrote of a swap. */
export async function anyJournal(cluster: BenchCluster): Promise<NodeHalt> {
  const [halt] = await journalsIn(cluster);
  if (halt === undefined) throw new Error("the controller wrote no journal");
  return halt;
}
