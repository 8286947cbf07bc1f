import { Cleanup } from "../../harness/cleanup.ts";
import { startCluster } from "../../harness/cluster.ts";
import { type Generation, manifestsOf, PAST, TREE } from "../../skew/generations.ts";
import { startControllerOf } from "../../skew/relay.ts";
import { openBenchCluster, type Place } from "./bench-cluster.ts";
import { buildEarlierReleases } from "./builds.ts";
import { underCosmovisor } from "./cosmovisor.ts";
import { type Exit, ExitTimer } from "./latency.ts";
import type { Options } from "./options.ts";
import type { Row } from "./report.ts";
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
  const [embedded = []] = await onClusters("embedded", place, halts, [TREE]);
  const [real = [], before = []] = await onClusters("control-plane", place, halts, [TREE, EARLIER]);
  const runs = Math.ceil(halts / 5);
  const exits = await underCosmovisor(place, runs, false);
  const stays = await underCosmovisor(place, runs, true);
  const swapped = (times: readonly Exit[]) => times.map((time) => time.swapped);
  return [
    ...rowsOf(
      "exit to swap issued, embedded",
      swapped(embedded),
      { what: "cosmovisor, exits", times: exits },
      50,
    ),
    ...rowsOf("exit to swap issued, real", swapped(real), { what: "cosmovisor, exits", times: exits }, 100),
    ...rowsOf("exit to swap issued, real", swapped(real), { what: "cosmovisor, stays alive", times: stays }),
    ...rowsOf("exit to swap issued, real", swapped(real), { what: BESIDE, times: swapped(before) }),
    seenRow("embedded", embedded),
    seenRow("real", real),
  ];
}

/** What of it neither the controller nor the API server takes after they know. */
function seenRow(cluster: string, times: readonly Exit[]): Row {
  const value = quantile(
    times.map(({ seen }) => seen),
    0.5,
  );
  return { part: PART, what: `of that until the controller saw it, ${cluster}, p50`, unit: "ms", value };
}

/** Each generation's controller in a cluster of its own with its manifests; they take turns, so that what slows one slows all. */
async function onClusters(
  target: "embedded" | "control-plane",
  place: Place,
  halts: number,
  generations: readonly Generation[],
): Promise<readonly (readonly Exit[])[]> {
  const cleanup = new Cleanup();
  place.cleanup.add(() => cleanup.run());
  const timers: ExitTimer[] = [];
  for (const generation of generations) {
    place.progress(`starting a cluster: ${target}, ${generation.name}`);
    const cluster = await startCluster(target);
    cleanup.add(() => cluster.stop());
    const bench = await openBenchCluster(cluster, { ...place, cleanup }, manifestsOf(generation));
    timers.push(await ExitTimer.open(bench, halts, (where) => startControllerOf(generation, where)));
  }
  const times = timers.map((): Exit[] => []);
  for (let halt = 0; halt < halts; halt += 1) {
    place.progress(`${target}: halts timed: ${halt} of ${halts}`);
    for (const [index, timer] of timers.entries()) times[index]?.push(await timer.next());
  }
  await cleanup.run();
  return times;
}

function rowsOf(
  what: string,
  times: readonly number[],
  other: { readonly what: string; readonly times: readonly number[] },
  atMost?: number,
): readonly Row[] {
  const row = (share: number): Row => ({
    part: PART,
    what: `${what}, p${share * 100}`,
    unit: "ms",
    value: quantile(times, share),
    beside: { what: other.what, value: quantile(other.times, share) },
  });
  const p50 = row(0.5);
  return [atMost === undefined ? p50 : { ...p50, target: { of: "value", atMost } }, row(0.99)];
}
