import { Cleanup } from "../../harness/cleanup.ts";
import { startCluster } from "../../harness/cluster.ts";
import { type BenchCluster, openBenchCluster } from "./bench-cluster.ts";
import { underCosmovisor } from "./cosmovisor.ts";
import { type Exit, exitToSwap } from "./latency.ts";
import type { Options } from "./options.ts";
import type { Row } from "./report.ts";
import { quantile } from "./samples.ts";

const PART = "one node halts, the machine idle";

/** From exit to swap on the embedded cluster and on the real control plane, beside the same halt under the real cosmovisor. */
export async function benchExitToSwap(
  place: Pick<BenchCluster, "folder" | "cleanup" | "signal" | "progress">,
  { halts }: Pick<Options, "halts">,
): Promise<readonly Row[]> {
  const embedded = await onCluster("embedded", place, halts);
  const real = await onCluster("control-plane", place, halts);
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

/** In a cluster of its own, so that nothing else goes on. */
async function onCluster(
  target: "embedded" | "control-plane",
  place: Pick<BenchCluster, "folder" | "cleanup" | "signal" | "progress">,
  halts: number,
): Promise<readonly Exit[]> {
  const cleanup = new Cleanup();
  place.cleanup.add(() => cleanup.run());
  place.progress(`starting the ${target} cluster`);
  const cluster = await startCluster(target);
  cleanup.add(() => cluster.stop());
  const times = await exitToSwap(await openBenchCluster(cluster.kubeconfig, { ...place, cleanup }), halts);
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
