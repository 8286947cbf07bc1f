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
import { openBenchCluster } from "./bench-cluster.ts";
import { benchBlockOfHalts } from "./block-of-halts.ts";
import { buildControlPlane, buildCosmovisor, buildInformer } from "./builds.ts";
import { benchExitToSwap } from "./exit-to-swap.ts";
import { HELP, type Options, parseOptions } from "./options.ts";
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

async function bench(options: Options, cleanup: Cleanup, signal: AbortSignal): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "upgrade-halt-bench-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  process.env.TMPDIR = folder;
  const progress = progressTo(process.stderr);
  const place = { folder, cleanup, signal, progress };
  const rows: Row[] = [];
  progress("building etcd, kube-apiserver and kube-controller-manager, or finding them built");
  await buildControlPlane();
  if (options.parts.has("latency")) {
    progress("building cosmovisor, or finding it built");
    await buildCosmovisor();
    rows.push(...(await benchExitToSwap(place, options)));
  }
  if (![...options.parts].some((part) => part !== "latency")) return rows;
  const flags = { apiServer: auditFlags(folder), controllerManager: CONTROLLER_MANAGER };
  const { kubeconfig } = await startServers(cleanup, flags);
  const cluster = await openBenchCluster({ kubeconfig, target: "control-plane" }, place);
  if (options.parts.has("burst")) rows.push(...(await benchBlockOfHalts(cluster, folder, options)));
  if (options.parts.has("start")) rows.push(...(await benchStart(cluster, options)));
  if (options.parts.has("watching")) {
    progress("building client-go's informer");
    rows.push(...(await benchWatching(cluster, await buildInformer(folder), options)));
  }
  return rows;
}

function print(rows: readonly Row[], options: Options, loadBefore: number): void {
  const machine = machineOf(loadBefore);
  if (options.json) {
    const { parts, json: _, ...sizes } = options;
    const met = rows.map((row) => ({ ...row, met: isMet(row) }));
    process.stdout.write(
      `${JSON.stringify({ kubernetes: KUBERNETES_VERSION, machine, options: { ...sizes, parts: [...parts] }, rows: met })}\n`,
    );
    return;
  }
  const where = `${machine.cpus} x ${machine.model}, load ${loadBefore.toFixed(1)} before, Node ${process.version}`;
  process.stdout.write(`Kubernetes ${KUBERNETES_VERSION}; ${where}\n\n${tableOf(rows)}`);
}

/** Runs the benchmark until its end or a signal; what it started is gone either way. */
async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  const [loadBefore = Number.NaN] = loadavg();
  const cleanup = new Cleanup();
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
  const over = new Promise<"interrupted">((resolve) =>
    interrupted.signal.addEventListener("abort", () => resolve("interrupted")),
  );
  const work = bench(options, cleanup, interrupted.signal);
  try {
    const rows = await Promise.race([work, over]);
    if (rows === "interrupted") {
      process.stderr.write("bench:controller: interrupted, stopping what it started\n");
      return 130;
    }
    print(rows, options, loadBefore);
    return rows.some((row) => isMet(row) === false) ? 1 : 0;
  } finally {
    await cleanup.run();
    // Work that was under way when the signal came fails now, and may have started one more thing before.
    await work.catch(() => {});
    await cleanup.run();
  }
}

await runBench("bench:controller", main);
