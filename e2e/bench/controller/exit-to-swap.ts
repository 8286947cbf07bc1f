import { Cleanup } from "../../harness/cleanup.ts";
import { startCluster } from "../../harness/cluster.ts";
import { type Generation, manifestsOf, PAST, TREE } from "../../skew/generations.ts";
import { startControllerOf } from "../../skew/relay.ts";
import { timeBareSwaps } from "./bare-swap.ts";
import { type BenchCluster, openBenchCluster, type Place } from "./bench-cluster.ts";
import { buildEarlierReleases } from "./builds.ts";
import { underCosmovisor } from "./cosmovisor.ts";
import { anyJournal, type Exit, ExitTimer } from "./latency.ts";
import type { Options } from "./options.ts";
import type { Row, Target } from "./report.ts";
import { quantile } from "./samples.ts";

const PART = "one node halts, the machine idle";

/** The release whose controller is timed beside this tree's: the first one. */
const [EARLIER = TREE] = PAST;
const BESIDE = `release of ${EARLIER.name}`;

/**
 * From exit to swap on the embedded cluster and on the real control plane, beside the same halt under the real cosmovisor and,
 * in turn with it, under the first release on a control plane of its own.
 */
export async function benchExitToSwap(
  place: Place,
  { halts }: Pick<Options, "halts">,
): Promise<readonly Row[]> {
  place.progress("building the releases before, or finding them built");
  await buildEarlierReleases();
  const {
    times: [embedded = []],
  } = await onClusters("embedded", place, halts, [TREE]);
  const {
    times: [real = [], before = []],
    bare,
  } = await onClusters("control-plane", place, halts, [TREE, EARLIER]);
  const runs = Math.ceil(halts / 5);
  const exits = await underCosmovisor(place, runs, false);
  const stays = await underCosmovisor(place, runs, true);
  const swapped = (times: readonly Exit[]) => times.map((time) => time.swapped);
  return [
    ...rowsOf(
      "exit to swap issued, embedded",
      swapped(embedded),
      { what: "cosmovisor, exits", times: exits },
      { of: "value", atMost: 50 },
    ),
    ...rowsOf(
      "exit to swap issued, real",
      swapped(real),
      { what: "cosmovisor, exits", times: exits },
      { of: "ratio", atMost: 2.5 },
    ),
    ...rowsOf(
      "exit to swap issued, real",
      swapped(real),
      { what: "cosmovisor, stays alive", times: stays },
      { of: "ratio", atMost: 0.1 },
    ),
    spreadRow(swapped(real)),
    ...rowsOf("exit to swap issued, real", swapped(real), { what: BESIDE, times: swapped(before) }),
    seenRow("embedded", embedded),
    seenRow("real", real),
    ...ownRows(real, bare),
  ];
}

function spreadRow(times: readonly number[]): Row {
  return {
    part: PART,
    what: "exit to swap issued, real, p99",
    unit: "ms",
    value: quantile(times, 0.99),
    beside: { what: "its p50", value: quantile(times, 0.5) },
    target: { of: "ratio", atMost: 2.5 },
  };
}

/** What of it neither the controller nor the API server takes after they know. */
function seenRow(cluster: string, times: readonly Exit[]): Row {
  const value = quantile(
    times.map(({ seen }) => seen),
    0.5,
  );
  return { part: PART, what: `of that until the controller saw it, ${cluster}, p50`, unit: "ms", value };
}

/** What is left without our code: until the controller sees the halt, and four requests in a row that a bare client makes. */
function ownRows(times: readonly Exit[], bare: readonly number[]): readonly Row[] {
  return [0.5, 0.99].map((share) => {
    const at = (of: (time: Exit) => number) => quantile(times.map(of), share);
    const least = quantile(bare, share);
    return {
      part: PART,
      what: `from seen to swap issued, real, p${share * 100}`,
      unit: "ms",
      value: at(({ seen, swapped }) => swapped - seen),
      beside: { what: "a bare client's four requests", value: least },
      floor: { what: "with what comes before, exit to swap", value: at(({ seen }) => seen) + least },
    };
  });
}

/** Each generation's controller in a cluster of its own with its manifests; they take turns, so that what slows one slows all. */
async function onClusters(
  target: "embedded" | "control-plane",
  place: Place,
  halts: number,
  generations: readonly Generation[],
): Promise<{ readonly times: readonly (readonly Exit[])[]; readonly bare: readonly number[] }> {
  const cleanup = new Cleanup();
  place.cleanup.add(() => cleanup.run());
  const timers: ExitTimer[] = [];
  const benches: BenchCluster[] = [];
  for (const generation of generations) {
    place.progress(`starting a cluster: ${target}, ${generation.name}`);
    const cluster = await startCluster(target);
    cleanup.add(() => cluster.stop());
    const bench = await openBenchCluster(cluster, { ...place, cleanup }, manifestsOf(generation));
    benches.push(bench);
    timers.push(await ExitTimer.open(bench, halts, (where) => startControllerOf(generation, where)));
  }
  const times = timers.map((): Exit[] => []);
  for (let halt = 0; halt < halts; halt += 1) {
    place.progress(`${target}: halts timed: ${halt} of ${halts}`);
    for (const [index, timer] of timers.entries()) times[index]?.push(await timer.next());
  }
  const [first] = benches;
  const isReal = target === "control-plane" && first !== undefined;
  const bare = isReal ? await timeBareSwaps(first, await anyJournal(first), halts) : [];
  await cleanup.run();
  return { times, bare };
}

function rowsOf(
  what: string,
  times: readonly number[],
  other: { readonly what: string; readonly times: readonly number[] },
  target?: Target,
): readonly Row[] {
  const row = (share: number): Row => ({
    part: PART,
    what: `${what}, p${share * 100}`,
    unit: "ms",
    value: quantile(times, share),
    beside: { what: other.what, value: quantile(other.times, share) },
  });
  const p50 = row(0.5);
  return [target === undefined ? p50 : { ...p50, target }, row(0.99)];
}
