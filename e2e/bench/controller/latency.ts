import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { startController } from "../../harness/controller.ts";
import { createHaltingSet, giveTheWord, type HaltFiles, haltFilesOf, timeIn } from "./halting-sets.ts";
import { inParallel } from "./in-parallel.ts";
import { NEW_IMAGE, type PhantomPod } from "./phantom-sets.ts";
import { createPolicy, untilSeenRunning } from "./policy.ts";
import { createNamespace, type Stage, WIDTH } from "./stage.ts";

const NAMESPACE = "bench-latency";
const DEADLINE_MS = 30_000;

interface StatefulSet {
  readonly metadata: PhantomPod["metadata"];
  readonly spec: { readonly template: { readonly spec: PhantomPod["spec"] } };
}

/**
 * How long it takes from the exit of a node's process, by its own clock, until the swap of its image shows in the API: halt by
 * halt, the machine being idle in between. In ms.
 */
export async function exitToSwap(stage: Stage, halts: number): Promise<readonly number[]> {
  await createNamespace(stage, NAMESPACE);
  await createPolicy(stage, NAMESPACE);
  const names = Array.from({ length: halts }, (_, index) => `sei-${index}`);
  const nodes = new Map(names.map((name) => [name, haltFilesOf(stage.folder, name)]));
  await promisify(execFile)(
    "mkfifo",
    [...nodes.values()].map(({ word }) => word),
  );
  await inParallel([...nodes], WIDTH, ([name, files]) =>
    stage.client.send(createHaltingSet(NAMESPACE, name, files)),
  );
  const controller = await startController({ ...stage, namespace: NAMESPACE });
  await untilSeenRunning(stage, NAMESPACE, halts);
  const swaps = new SwapWatch(stage);
  const times: number[] = [];
  for (const [name, files] of nodes) {
    stage.progress(`${NAMESPACE}: halts timed: ${times.length} of ${halts}`);
    times.push(await timeOne(swaps, name, files));
  }
  swaps.stop();
  await controller.stop();
  return times;
}

async function timeOne(swaps: SwapWatch, name: string, files: HaltFiles): Promise<number> {
  const swapped = swaps.of(name);
  await giveTheWord(files);
  const swappedAt = await swapped;
  return swappedAt - (await timeIn(files.haltedAt));
}

/** Tells when the image of a StatefulSet was seen changed, in ms since the epoch. */
class SwapWatch {
  readonly #over = new AbortController();
  readonly #waiting = new Map<string, (at: number) => void>();
  readonly #failed: Promise<never>;

  constructor({ client, signal }: Stage) {
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
