import { API_VERSION, type HaltPolicy } from "@upgrade-halt/mini-controller/api";
import { type Program, startProgram } from "@upgrade-halt/testing";
import { controllerKubeconfig } from "../../harness/controller.ts";
import { SYSTEM_NAMESPACE } from "../../harness/install.ts";
import { startBin } from "../../harness/programs.ts";
import { type BenchCluster, createNamespace } from "./bench-cluster.ts";
import type { Options } from "./options.ts";
import { createPolicy, removePolicy } from "./policy.ts";
import { cpuSeconds } from "./process-cost.ts";
import type { Row } from "./report.ts";
import { median } from "./samples.ts";

const NAMESPACE = "bench-start";
/** The controller's own default, and that of client-go. */
const LEASE_S = 15;

/** What a start took until the first write of its first reconcile. */
interface Start {
  readonly wallS: number;
  readonly cpuS: number;
}

/** From a start to the first reconcile, beside bare Node; and from a leader's SIGKILL to its successor's first write, beside the lease. */
export async function benchStart(
  cluster: BenchCluster,
  { rounds }: Pick<Options, "rounds">,
): Promise<readonly Row[]> {
  await createNamespace(cluster, NAMESPACE);
  const [starts, bare, failovers]: [Start[], Start[], number[]] = [[], [], []];
  for (let round = 1; round <= rounds; round += 1) {
    cluster.progress(`${NAMESPACE}: starts: ${round} of ${rounds}`);
    starts.push(await timeStart(cluster));
    bare.push(await timeBareNode());
  }
  for (let round = 1; round <= rounds; round += 1) {
    cluster.progress(`${NAMESPACE}: leaders killed: ${round} of ${rounds}`);
    failovers.push(await timeFailover(cluster));
  }
  return rowsOf(starts, bare, failovers);
}

function rowsOf(
  starts: readonly Start[],
  bare: readonly Start[],
  failovers: readonly number[],
): readonly Row[] {
  const part = "start and failover";
  const row = (what: string, of: (start: Start) => number): Row => ({
    part,
    what,
    unit: "s",
    value: median(starts.map(of)),
    beside: { what: "node -e 0", value: median(bare.map(of)) },
  });
  const lease = { what: "the lease's duration", value: LEASE_S };
  const target = { of: "ratio", atMost: 1.1 } as const;
  return [
    { ...row("start to first reconcile", ({ wallS }) => wallS), target: { of: "value", atMost: 1 } },
    row("CPU of that", ({ cpuS }) => cpuS),
    {
      part,
      what: "leader killed to the next one's first write",
      unit: "s",
      value: median(failovers),
      beside: lease,
      target,
    },
    { part, what: "the slowest of these", unit: "s", value: Math.max(...failovers), beside: lease },
  ];
}

async function timeStart(cluster: BenchCluster): Promise<Start> {
  await createPolicy(cluster, NAMESPACE);
  const { reconciled, stop } = firstReconcile(cluster);
  const kubeconfig = await controllerKubeconfig(cluster);
  const began = performance.now();
  const controller = await startCandidate(cluster, kubeconfig);
  try {
    const wallS = ((await reconciled) - began) / 1000;
    return { wallS, cpuS: cpuSeconds(controller.pid) };
  } finally {
    stop();
    await controller.stop();
    await removePolicy(cluster, NAMESPACE);
  }
}

async function timeBareNode(): Promise<Start> {
  const began = performance.now();
  const node = await startProgram("node", "/bin/sh", ["-c", `"${process.execPath}" -e 0; times`]);
  await node.ended;
  const wallS = (performance.now() - began) / 1000;
  // The second line of `times` is of the children: user and system time, each as 0m0.025s.
  const [, minutes = 0, seconds = 0, moreMinutes = 0, moreSeconds = 0] =
    /(\d+)m([\d.]+)s (\d+)m([\d.]+)s/.exec(node.lines().at(-1) ?? "")?.map(Number) ?? [];
  return { wallS, cpuS: minutes * 60 + seconds + moreMinutes * 60 + moreSeconds };
}

/** Something is left to be written for whoever leads next: a policy that came after the leader was killed. */
async function timeFailover(cluster: BenchCluster): Promise<number> {
  const leader = await startCandidate(cluster, await controllerKubeconfig(cluster), "leading");
  const successor = await startCandidate(cluster, await controllerKubeconfig(cluster), "ready");
  const { reconciled, stop } = firstReconcile(cluster);
  try {
    const began = performance.now();
    leader.signal("SIGKILL");
    await leader.ended;
    await createPolicy(cluster, NAMESPACE);
    return ((await reconciled) - began) / 1000;
  } finally {
    stop();
    await Promise.all([leader.stop(), successor.stop()]);
    await removePolicy(cluster, NAMESPACE);
  }
}

/** Resolves when it has said `message`, if one is given. */
async function startCandidate(cluster: BenchCluster, kubeconfig: string, message?: string): Promise<Program> {
  const lease = ["--leader-elect", "--leader-namespace", SYSTEM_NAMESPACE, "--lease-seconds", `${LEASE_S}`];
  const where = ["--kubeconfig", kubeconfig, "--namespace", NAMESPACE];
  const says = ({ lines }: Program) => lines().some((line) => line.includes(`"msg":"${message}"`));
  const options = message === undefined ? {} : { ready: says, within: 60_000 };
  const controller = await startBin("mini-controller", ["run", ...where, ...lease], options);
  cluster.cleanup.add(() => controller.stop());
  return controller;
}

/** When a policy's status is written for the first time, on `performance.now()`'s clock. */
function firstReconcile({ client, signal }: BenchCluster) {
  const over = new AbortController();
  const path = `/apis/${API_VERSION}/namespaces/${NAMESPACE}/haltpolicies`;
  const watch = async (): Promise<number> => {
    const events = client.watch<HaltPolicy & { metadata: { resourceVersion: string } }>(
      path,
      AbortSignal.any([signal, over.signal]),
    );
    for await (const { type, object } of events)
      if (type !== "DELETED" && object.status?.observedGeneration !== undefined) return performance.now();
    throw new Error("the watch ended before a policy was reconciled");
  };
  const reconciled = watch();
  reconciled.catch(() => {});
  return { reconciled, stop: () => over.abort() };
}
