import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Program, startProgram } from "@upgrade-halt/testing";
import { request } from "undici";
import { controllerKubeconfig, startControllerWith } from "../../harness/controller.ts";
import { type BenchCluster, createNamespace, WIDTH } from "./bench-cluster.ts";
import { inParallel } from "./in-parallel.ts";
import type { Options } from "./options.ts";
import { createPolicy, removePolicy, untilSeenAtHeight } from "./policy.ts";
import { costOf } from "./process-cost.ts";
import type { Row } from "./report.ts";
import { createWatchedPod, reportWatchedPod } from "./watched-pods.ts";
import { type Asked, rowsOf, type Sample } from "./watching-rows.ts";

const NAMESPACE = "bench-watched";
/** Seconds between the last program's first list and the first look: what a start leaves behind is no idle cost. */
const SETTLE_S = 20;
/** How long either side may take to read all pods, on a busy machine. */
const START_MS = 300_000;
/** The controller's own, with all that they need, in the files that its program is put into. */
const MODULES = new URL("program/main.cjs", import.meta.resolve("@upgrade-halt/mini-controller")).href;
/** A node that is far from a listed height is asked this often. */
const INTERVAL_S = 5;
/** Each node has a connection of either side, and a process may have some 20,000 files open. */
const NODES_A_SERVER = 8_000;
/** No node of the benchmark comes near it. */
const FAR_HEIGHT = 900_000_000;

/**
 * Memory and CPU for a hundredth, a tenth and all of `pods` that a policy governs, so that each is asked for its `/status`, beside
 * client-go's informer that asks the same nodes as often; then once nobody governs them, and for `idle` of those.
 */
export async function benchWatching(
  cluster: BenchCluster,
  informer: string,
  { pods, idle, seconds }: Pick<Options, "pods" | "idle" | "seconds">,
): Promise<readonly Row[]> {
  await createNamespace(cluster, NAMESPACE);
  const servers = Array.from({ length: Math.ceil(pods / NODES_A_SERVER) }, () => startStatusNodes(cluster));
  const bench: Bench = { cluster, informer, ports: await Promise.all(servers), seconds };
  await createPolicy(cluster, NAMESPACE, FAR_HEIGHT);
  const samples: Sample[] = [];
  let made = 0;
  for (const size of new Set([pods / 100, pods / 10, pods].map(Math.ceil))) {
    await addPods(bench, made, size);
    made = size;
    samples.push(await sample(bench, size, true));
  }
  await removePolicy(cluster, NAMESPACE);
  const ungoverned = [await sample(bench, pods, false)];
  if (idle > pods) {
    await addPods(bench, pods, idle);
    ungoverned.push(await sample(bench, idle, false));
  }
  return rowsOf(samples, ungoverned);
}

interface Bench {
  readonly cluster: BenchCluster;
  /** The Go program. */
  readonly informer: string;
  /** Where the nodes serve `/status`, in turns. */
  readonly ports: readonly number[];
  readonly seconds: number;
}

async function startStatusNodes({ cleanup }: BenchCluster): Promise<number> {
  const script = join(import.meta.dirname, "status-nodes.ts");
  const portIn = ({ lines }: Program) => /^port (\d+)$/.exec(lines()[0] ?? "")?.[1];
  const nodes = await startProgram("status-nodes", process.execPath, [script], { ready: portIn });
  cleanup.add(() => nodes.stop());
  return Number(portIn(nodes));
}

async function addPods(
  { cluster: { client, progress }, ports }: Bench,
  from: number,
  to: number,
): Promise<void> {
  const indices = Array.from({ length: to - from }, (_, index) => from + index);
  await inParallel(indices, WIDTH, async (index) => {
    await client.send(createWatchedPod(NAMESPACE, index, ports[index % ports.length] ?? 0));
    await client.send(reportWatchedPod(NAMESPACE, index));
    progress(`${NAMESPACE}: pods made: ${Math.floor((index + 1) / 100) * 100} of ${to}`);
  });
}

async function sample(bench: Bench, pods: number, isGoverned: boolean): Promise<Sample> {
  const { cluster, seconds } = bench;
  const place = { ...cluster, namespace: NAMESPACE };
  const controller = await startControllerWith(place, { within: START_MS });
  if (isGoverned) await untilSeenAtHeight(cluster, NAMESPACE, pods);
  const poll = isGoverned ? ["-poll", `${INTERVAL_S}s`] : [];
  const informer = await startInformer(bench, pods, ...poll);
  const programs = [
    controller,
    informer,
    await startIdleNode(cluster),
    await startIdleNode(cluster, MODULES),
  ];
  try {
    cluster.progress(`${NAMESPACE}: watching ${pods} pods for ${SETTLE_S + seconds} s`);
    await delay(SETTLE_S * 1000, undefined, { signal: cluster.signal });
    const [before, began] = [await askedOf(bench), performance.now()];
    const pids = programs.map(({ pid }) => pid);
    const [ours, go, bare, loaded] = await costOf(pids, seconds, cluster.signal);
    const after = await askedOf(bench);
    if (!ours || !go || !bare || !loaded) throw new Error("a program was not measured");
    cluster.progress(
      `${NAMESPACE}: RSS with ${pods} pods: ${Math.round(ours.rssMiB)} MiB, client-go ${Math.round(go.rssMiB)} MiB`,
    );
    const elapsedS = (performance.now() - began) / 1000;
    const perSecond = {
      go: (after.go - before.go) / elapsedS,
      others: (after.others - before.others) / elapsedS,
    };
    return { pods, controller: ours, informer: go, bare, loaded, readings: perSecond };
  } finally {
    await Promise.all(programs.map((program) => program.stop()));
  }
}

async function askedOf({ ports }: Bench): Promise<Asked> {
  const asked = await Promise.all(
    ports.map(async (port) => {
      const { body } = await request(`http://127.0.0.1:${port}/asked`);
      return (await body.json()) as Asked;
    }),
  );
  const sum = (of: (one: Asked) => number) => asked.reduce((all, one) => all + of(one), 0);
  return { go: sum(({ go }) => go), others: sum(({ others }) => others) };
}

async function startInformer(
  { cluster, informer: file }: Bench,
  pods: number,
  ...flags: readonly string[]
): Promise<Program> {
  const where = ["-kubeconfig", await controllerKubeconfig(cluster), "-namespace", NAMESPACE];
  const informer = await startProgram("informer", file, [...where, ...flags], {
    ready: ({ lines }) => lines().includes(`synced ${pods}`),
    within: START_MS,
  });
  cluster.cleanup.add(() => informer.stop());
  return informer;
}

/** The same Node with nothing to do, or with nothing but modules: what no program of it, or of these, can be below. */
async function startIdleNode({ cleanup }: BenchCluster, modules?: string): Promise<Program> {
  const load = modules === undefined ? "" : `import(${JSON.stringify(modules)}); `;
  const idle = await startProgram("node", process.execPath, ["-e", `${load}setInterval(() => {}, 1e9)`]);
  cleanup.add(() => idle.stop());
  return idle;
}
