/**
 * The controller on a real control plane, each figure beside the other side of its comparison; `--help` tells the sizes. Exits
 * with 1 where a target is missed or something failed, with 64 on bad usage, with 130 when it is interrupted.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { KUBERNETES_VERSION } from "../../control-plane/programs.ts";
import { Cleanup } from "../../harness/cleanup.ts";
import { startServers } from "../../harness/targets/control-plane.ts";
import { machineOf, runBench } from "../command-line.ts";
import { auditFlags } from "./audit-log.ts";
import { type BenchCluster, openBenchCluster, type Place } from "./bench-cluster.ts";
import { benchBlockOfHalts } from "./block-of-halts.ts";
import { buildControlPlane, buildCosmovisor, buildInformer } from "./builds.ts";
import { benchExitToSwap } from "./exit-to-swap.ts";
import { HELP, type Options, parseOptions } from "./options.ts";
import { profileBlock, writeProfile } from "./profile.ts";
import { progressTo } from "./progress.ts";
import { isMet, type Row, tableOf } from "./report.ts";
import { benchStart } from "./start.ts";
import { benchWatching } from "./watching.ts";

/** So that kube-controller-manager holds up neither side, and takes no phantom for a node that died. */
const CONTROLLER_MANAGER = [
  "--kube-api-qps=2000",
  "--kube-api-burst=4000",
  "--concurrent-statefulset-syncs=32",
  "--controllers=-node-lifecycle-controller,-pod-garbage-collector-controller",
];

/** What is printed, and whether all targets were met. */
interface Result {
  readonly text: string;
  readonly met: boolean;
}

async function bench(options: Options, cleanup: Cleanup, signal: AbortSignal): Promise<Result> {
  const [loadBefore = Number.NaN] = loadavg();
  const folder = mkdtempSync(join(tmpdir(), "upgrade-halt-bench-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  process.env.TMPDIR = folder;
  const place = { folder, cleanup, signal, progress: progressTo(process.stderr) };
  place.progress("building etcd, kube-apiserver and kube-controller-manager, or finding them built");
  await buildControlPlane();
  if (options.profile) {
    const profile = await profileBlock(await startCluster(place), Math.max(...options.nodes));
    return { text: writeProfile(profile, options), met: true };
  }
  const rows = await measure(place, options);
  return { text: textOf(rows, options, loadBefore), met: rows.every((row) => isMet(row) !== false) };
}

async function measure(place: Place, options: Options): Promise<readonly Row[]> {
  const rows: Row[] = [];
  if (options.parts.has("latency")) {
    place.progress("building cosmovisor, or finding it built");
    await buildCosmovisor();
    rows.push(...(await benchExitToSwap(place, options)));
  }
  if (![...options.parts].some((part) => part !== "latency")) return rows;
  const cluster = await startCluster(place);
  if (options.parts.has("burst")) rows.push(...(await benchBlockOfHalts(cluster, place.folder, options)));
  if (options.parts.has("start")) rows.push(...(await benchStart(cluster, options)));
  if (options.parts.has("watching")) {
    place.progress("building client-go's informer");
    rows.push(...(await benchWatching(cluster, await buildInformer(place.folder), options)));
  }
  return rows;
}

async function startCluster(place: Place): Promise<BenchCluster> {
  const flags = { apiServer: auditFlags(place.folder), controllerManager: CONTROLLER_MANAGER };
  const { kubeconfig } = await startServers(place.cleanup, flags);
  return openBenchCluster({ kubeconfig, target: "control-plane" }, place);
}

function textOf(rows: readonly Row[], options: Options, loadBefore: number): string {
  const machine = machineOf(loadBefore);
  if (options.json) {
    const { parts, json: _, ...sizes } = options;
    const met = rows.map((row) => ({ ...row, met: isMet(row) }));
    return `${JSON.stringify({ kubernetes: KUBERNETES_VERSION, machine, options: { ...sizes, parts: [...parts] }, rows: met })}\n`;
  }
  const where = `${machine.cpus} x ${machine.model}, load ${loadBefore.toFixed(1)} before, Node ${process.version}`;
  return `Kubernetes ${KUBERNETES_VERSION}; ${where}\n\n${tableOf(rows)}`;
}

/** Runs the benchmark until its end or a signal; what it started is gone either way. */
async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  const cleanup = new Cleanup();
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
  const over = new Promise<"interrupted">((resolve) =>
    interrupted.signal.addEventListener("abort", () => resolve("interrupted")),
  );
  const work = bench(options, cleanup, interrupted.signal);
  try {
    const result = await Promise.race([work, over]);
    if (result === "interrupted") {
      process.stderr.write("bench:controller: interrupted, stopping what it started\n");
      return 130;
    }
    process.stdout.write(result.text);
    return result.met ? 0 : 1;
  } finally {
    await cleanup.run();
    // Work that was under way when the signal came fails now, and may have started one more thing before.
    await work.catch(() => {});
    await cleanup.run();
  }
}

await runBench("bench:controller", main);
