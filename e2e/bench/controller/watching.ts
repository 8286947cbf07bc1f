import { setTimeout as delay } from "node:timers/promises";
import { controllerKubeconfig, startController } from "../../harness/controller.ts";
import { type Program, startProgram } from "../../harness/program.ts";
import { type BenchCluster, createNamespace, WIDTH } from "./bench-cluster.ts";
import { inParallel } from "./in-parallel.ts";
import type { Options } from "./options.ts";
import { type Cost, costOf } from "./process-cost.ts";
import type { Row } from "./report.ts";
import { createWatchedPod, reportWatchedPod } from "./watched-pods.ts";

const NAMESPACE = "bench-watched";
/** Seconds between the last program's first list and the first look: what a start leaves behind is no idle cost. */
const SETTLE_S = 10;

/** What each program took for this many pods. */
interface Sample {
  readonly pods: number;
  readonly controller: Cost;
  /** client-go's informer, keeping of a pod what the controller keeps. */
  readonly informer: Cost;
  /** The same, keeping whole pods, as an informer does when it is told nothing. */
  readonly whole: Cost;
}

/** Memory and idle CPU for a hundredth, a tenth and all of `pods`, beside client-go's informer at the same time. */
export async function benchWatching(
  cluster: BenchCluster,
  informer: string,
  { pods, seconds }: Pick<Options, "pods" | "seconds">,
): Promise<readonly Row[]> {
  await createNamespace(cluster, NAMESPACE);
  const samples: Sample[] = [];
  let made = 0;
  for (const size of [pods / 100, pods / 10, pods].map(Math.ceil)) {
    await addPods(cluster, made, size);
    made = size;
    samples.push(await sample(cluster, informer, size, seconds));
  }
  return rowsOf(samples);
}

async function addPods({ client, progress }: BenchCluster, from: number, to: number): Promise<void> {
  const indices = Array.from({ length: to - from }, (_, index) => from + index);
  await inParallel(indices, WIDTH, async (index) => {
    await client.send(createWatchedPod(NAMESPACE, index));
    await client.send(reportWatchedPod(NAMESPACE, index));
    progress(`${NAMESPACE}: pods made: ${Math.floor((index + 1) / 100) * 100} of ${to}`);
  });
}

async function sample(
  cluster: BenchCluster,
  informer: string,
  pods: number,
  seconds: number,
): Promise<Sample> {
  cluster.progress(`${NAMESPACE}: watching ${pods} pods for ${SETTLE_S + seconds} s`);
  const programs = [
    await startController({ ...cluster, namespace: NAMESPACE }),
    await startInformer(cluster, informer, pods),
    await startInformer(cluster, informer, pods, "-whole"),
  ];
  try {
    await delay(SETTLE_S * 1000, undefined, { signal: cluster.signal });
    const [controller, projecting, whole] = await costOf(
      programs.map(({ pid }) => pid),
      seconds,
      cluster.signal,
    );
    if (!controller || !projecting || !whole) throw new Error("a program was not measured");
    return { pods, controller, informer: projecting, whole };
  } finally {
    await Promise.all(programs.map((program) => program.stop()));
  }
}

async function startInformer(
  cluster: BenchCluster,
  file: string,
  pods: number,
  ...flags: readonly string[]
): Promise<Program> {
  const where = ["-kubeconfig", await controllerKubeconfig(cluster), "-namespace", NAMESPACE];
  const informer = await startProgram("informer", file, [...where, ...flags], {
    ready: ({ lines }) => lines().includes(`synced ${pods}`),
  });
  cluster.cleanup.add(() => informer.stop());
  return informer;
}

function rowsOf(samples: readonly Sample[]): readonly Row[] {
  return samples.flatMap((sample, index): readonly Row[] => {
    const before = samples[index - 1];
    const isLargest = index === samples.length - 1;
    return [...costRows(sample, isLargest), ...(before === undefined ? [] : [growthRow(before, sample)])];
  });
}

function costRows({ pods, controller, informer, whole }: Sample, isLargest: boolean): readonly Row[] {
  const row = (what: string, unit: string, of: (cost: Cost) => number): Row => ({
    part: partOf(pods),
    what,
    unit,
    value: of(controller),
    beside: { what: "client-go, same fields", value: of(informer) },
  });
  const rss = row("RSS", "MiB", ({ rssMiB }) => rssMiB);
  const cpu = row("CPU, of a core", "%", ({ cpuPercent }) => cpuPercent);
  return [
    isLargest ? { ...rss, target: { of: "ratio", atMost: 1.5 } } : rss,
    { ...rss, beside: { what: "client-go, whole pods", value: whole.rssMiB } },
    row("RSS that is no file's", "MiB", ({ anonymousMiB }) => anonymousMiB),
    row("peak RSS", "MiB", ({ peakMiB }) => peakMiB),
    isLargest ? { ...cpu, target: { of: "value", atMost: 1 } } : cpu,
  ];
}

/** Linear growth is the same for each pod from size to size. */
function growthRow(before: Sample, { pods, controller, informer }: Sample): Row {
  const perPod = (from: Cost, to: Cost) => ((to.rssMiB - from.rssMiB) * 1024) / (pods - before.pods);
  return {
    part: partOf(pods),
    what: `RSS more than with ${before.pods} pods, a pod`,
    unit: "KiB",
    value: perPod(before.controller, controller),
    beside: { what: "client-go, same fields", value: perPod(before.informer, informer) },
  };
}

function partOf(pods: number): string {
  return `${pods} pods watched that no policy governs, idle`;
}
