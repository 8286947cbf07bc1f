import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { NodeHalt } from "@upgrade-halt/mini-controller/api";
import { API_VERSION } from "@upgrade-halt/mini-controller/api";
import { until } from "@upgrade-halt/testing";
import { startController } from "../../harness/controller.ts";
import { type BenchCluster, createNamespace, WIDTH } from "./bench-cluster.ts";
import { serveForAll } from "./chain.ts";
import { createHaltingSet, giveTheWord, type HaltFiles, haltFilesOf, timeIn } from "./halting-sets.ts";
import { inParallel } from "./in-parallel.ts";
import { NEW_IMAGE, type PhantomPod } from "./phantom-sets.ts";
import { createPolicy, untilSeenRunning } from "./policy.ts";

const NAMESPACE = "bench-latency";
const DEADLINE_MS = 30_000;

interface StatefulSet {
  readonly metadata: PhantomPod["metadata"];
  readonly spec: { readonly template: { readonly spec: PhantomPod["spec"] } };
}

/** Times of one halt, in ms since its node's process said that it exits. */
export interface Exit {
  /** Until the controller saw it: what the kubelet and the watch of its pod take. */
  readonly seen: number;
  /** Until the swap of the image shows in the API. */
  readonly swapped: number;
}

/**
 * How long it takes from the exit of a node's process, by its own clock, until the swap of its image shows in the API: halt by
 * halt, the machine being idle in between.
 */
export async function exitToSwap(cluster: BenchCluster, halts: number): Promise<readonly Exit[]> {
  await createNamespace(cluster, NAMESPACE);
  const status = await serveForAll();
  cluster.cleanup.add(() => status.stop());
  await createPolicy(cluster, NAMESPACE);
  const names = Array.from({ length: halts }, (_, index) => `sei-${index}`);
  const nodes = new Map(names.map((name) => [name, haltFilesOf(cluster.folder, name)]));
  await promisify(execFile)(
    "mkfifo",
    [...nodes.values()].map(({ word }) => word),
  );
  await inParallel([...nodes], WIDTH, ([name, files]) =>
    cluster.client.send(createHaltingSet(NAMESPACE, name, files, status.port)),
  );
  const controller = await startController({ ...cluster, namespace: NAMESPACE });
  await untilSeenRunning(cluster, NAMESPACE, halts);
  const swaps = new SwapWatch(cluster);
  const times: Exit[] = [];
  for (const [name, files] of nodes) {
    cluster.progress(`${NAMESPACE}: halts timed: ${times.length} of ${halts}`);
    times.push(await timeOne(cluster, swaps, name, files));
  }
  swaps.stop();
  await controller.stop();
  return times;
}

async function timeOne(
  cluster: BenchCluster,
  swaps: SwapWatch,
  name: string,
  files: HaltFiles,
): Promise<Exit> {
  const swapped = swaps.of(name);
  await giveTheWord(files);
  const swappedAt = await swapped;
  const exitedAt = await timeIn(files.haltedAt);
  await untilReplaced(cluster, name);
  return { seen: (await detectedAt(cluster, name)) - exitedAt, swapped: swappedAt - exitedAt };
}

/** Resolves when the node runs on the new image and its journal waits for it to recover: nothing is under way then. */
async function untilReplaced(cluster: BenchCluster, node: string): Promise<void> {
  const path = `/api/v1/namespaces/${NAMESPACE}/pods/${node}-0`;
  const isReplaced = async () => {
    const { spec, status } = await cluster.client.get<PhantomPod>(path);
    const runs = spec.containers[0]?.image === NEW_IMAGE && status?.phase === "Running";
    return runs && (await haltOf(cluster, node))?.status?.phase === "Recovering";
  };
  await until(`${node} to run on the new image`, isReplaced, { within: DEADLINE_MS, signal: cluster.signal });
}

/** When the controller saw the node's halt, by the journal, in ms since the epoch. */
async function detectedAt(cluster: BenchCluster, node: string): Promise<number> {
  return Date.parse((await haltOf(cluster, node))?.spec.detectedAt ?? "");
}

async function haltOf({ client }: BenchCluster, node: string): Promise<NodeHalt | undefined> {
  const path = `/apis/${API_VERSION}/namespaces/${NAMESPACE}/nodehalts`;
  const { items } = await client.get<{ items: readonly NodeHalt[] }>(path);
  return items.find(({ spec }) => spec.podName === `${node}-0`);
}

/** Tells when the image of a StatefulSet was seen changed, in ms since the epoch. */
class SwapWatch {
  readonly #over = new AbortController();
  readonly #waiting = new Map<string, (at: number) => void>();
  readonly #failed: Promise<never>;

  constructor({ client, signal }: BenchCluster) {
    const path = `/apis/apps/v1/namespaces/${NAMESPACE}/statefulsets`;
    const over = AbortSignal.any([signal, this.#over.signal]);
    const watch = async () => {
      for await (const { object } of client.watch<StatefulSet>(path, over)) {
        if (object.spec.template.spec.containers[0]?.image === NEW_IMAGE)
          this.#waiting.get(object.metadata.name)?.(Date.now());
      }
    };
    this.#failed = watch().then(() => new Promise(() => {}));
    this.#failed.catch(() => {});
  }

  of(name: string): Promise<number> {
    const swapped = new Promise<number>((resolve, reject) => {
      const late = () => reject(new Error(`${name} was not swapped within ${DEADLINE_MS / 1000} s`));
      const timer = setTimeout(late, DEADLINE_MS);
      this.#waiting.set(name, (at) => {
        clearTimeout(timer);
        this.#waiting.delete(name);
        resolve(at);
      });
    });
    return Promise.race([swapped, this.#failed]);
  }

  stop(): void {
    this.#over.abort();
  }
}
