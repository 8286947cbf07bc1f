import type { NodeHalt } from "@upgrade-halt/mini-controller/api";
import { startController } from "../../harness/controller.ts";
import { countedByKind, requestsSinceHalt } from "./audit-log.ts";
import { startBareWriter } from "./bare-writer.ts";
import type { BenchCluster } from "./bench-cluster.ts";
import { Chain, phantomAt } from "./chain.ts";
import type { Options } from "./options.ts";
import { PhantomNodes } from "./phantom-nodes.ts";
import { createPolicy, untilRecovered, untilSeenAtHeight } from "./policy.ts";
import { bytesOf, cpuSeconds } from "./process-cost.ts";
import { fewestWrites, type HaltScript, moved } from "./recorded-writes.ts";
import type { Row } from "./report.ts";
import { median } from "./samples.ts";

/** What one side took for a block of halts, until each node was swapped and its journal says that it runs. */
interface Side {
  /** Milliseconds after the first halt was written until the last was, by the benchmark itself. */
  readonly halted: number;
  /** Until every image was set and the last pod that halted was gone. */
  readonly swapped: number;
  /** Until the last proof was written. */
  readonly proven: number;
  /** CPU seconds. */
  readonly cpu: number;
  /** Read and written. */
  readonly bytes: number;
  readonly requests: ReadonlyMap<string, number>;
}

/**
 * Many nodes halt in one block, round by round: under the controller, and then for a bare client that makes the fewest writes of
 * which a crash-safe journal can be, as the API server's audit log has them.
 */
export async function benchBlockOfHalts(
  cluster: BenchCluster,
  auditFolder: string,
  { nodes, rounds }: Pick<Options, "nodes" | "rounds">,
): Promise<readonly Row[]> {
  const controller: Side[] = [];
  const bare: Side[] = [];
  let scripts: readonly HaltScript[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const namespace = `bench-controller-${round}`;
    await withBlock(cluster, namespace, nodes, async (block) => {
      const took = await underController(cluster, block);
      const asked = requestsSinceHalt(auditFolder, namespace);
      controller.push({ ...took, requests: countedByKind(asked) });
      scripts = fewestWrites(asked, block.identities);
    });
    const other = `bench-bare-${round}`;
    await withBlock(cluster, other, nodes, async (block) => {
      const took = await underBareClient(cluster, block, scripts);
      bare.push({ ...took, requests: countedByKind(requestsSinceHalt(auditFolder, other)) });
    });
  }
  return rowsOf(nodes, controller, bare);
}

async function withBlock(
  cluster: BenchCluster,
  namespace: string,
  nodes: number,
  use: (block: PhantomNodes) => Promise<void>,
): Promise<void> {
  const chain = await Chain.start(phantomAt);
  const block = await PhantomNodes.start(cluster, chain, namespace, nodes);
  try {
    await use(block);
  } finally {
    block.stop();
    await chain.stop();
  }
}

type Taken = Omit<Side, "requests">;

async function underController(cluster: BenchCluster, block: PhantomNodes): Promise<Taken> {
  const { namespace, count } = block;
  await createPolicy(cluster, namespace);
  const controller = await startController({ ...cluster, namespace });
  await untilSeenAtHeight(cluster, namespace, count);
  const before = { cpu: cpuSeconds(controller.pid), bytes: bytesOf(controller.pid) };
  const [began, beganAt] = [performance.now(), Date.now()];
  await block.halt();
  const halted = performance.now() - began;
  const swapped = (await block.replaced()) - began;
  const halts = await untilRecovered(cluster, namespace, count);
  const cpu = cpuSeconds(controller.pid) - before.cpu;
  const bytes = bytesOf(controller.pid) - before.bytes;
  await controller.stop();
  return { halted, swapped, proven: Math.max(...halts.map(recoveredAt)) - beganAt, cpu, bytes };
}

/** When the journal says that the node runs, in ms since the epoch. */
function recoveredAt({ status }: NodeHalt): number {
  return Date.parse(status?.steps?.at(-1)?.at ?? "");
}

async function underBareClient(
  cluster: BenchCluster,
  block: PhantomNodes,
  scripts: readonly HaltScript[],
): Promise<Taken> {
  const recorded = new Map(scripts.map((script) => [script.node.name, script]));
  const own = block.identities.flatMap((node) => {
    const script = recorded.get(node.name);
    return script === undefined ? [] : [[`${node.name}-0`, moved(script, node)] as const];
  });
  const writer = await startBareWriter(cluster, Object.fromEntries(own));
  const before = { cpu: cpuSeconds(writer.pid), bytes: bytesOf(writer.pid) };
  const began = performance.now();
  await block.halt((pod) => writer.onHalt(pod.metadata.name));
  const halted = performance.now() - began;
  const replaced = block.replaced();
  replaced.catch(() => {});
  await writer.done;
  const written = performance.now() - began;
  const cpu = cpuSeconds(writer.pid) - before.cpu;
  const bytes = bytesOf(writer.pid) - before.bytes;
  const swapped = (await replaced) - began;
  writer.stop();
  return { halted, swapped, proven: Math.max(written, swapped), cpu, bytes };
}

function rowsOf(nodes: number, controller: readonly Side[], bare: readonly Side[]): readonly Row[] {
  const part = `${nodes} nodes halt in one block (medians of ${controller.length} rounds)`;
  const beside = (of: (side: Side) => number, scale: number) => {
    const at = (sides: readonly Side[]) => median(sides.map(of)) / scale;
    return { part, value: at(controller), beside: { what: "fewest writes", value: at(bare) } };
  };
  const atMost = (most: number, of: "ratio" | "value" = "ratio") => ({ target: { of, atMost: most } });
  return [
    { what: "halts written by the benchmark", unit: "s", ...beside(({ halted }) => halted, 1000) },
    { what: "all recorded and swapped", unit: "s", ...beside(({ swapped }) => swapped, 1000) },
    {
      ...{ what: "all recorded, swapped and proven", unit: "s" },
      ...beside(({ proven }) => proven, 1000),
      ...atMost(1.3),
    },
    {
      ...{ what: "requests a halt", unit: "" },
      ...beside(({ requests }) => sum(requests.values()), nodes),
      ...atMost(1.5),
    },
    {
      ...{ what: "read and written, a halt", unit: "KiB" },
      ...beside(({ bytes }) => bytes / 1024, nodes),
      ...atMost(2),
    },
    {
      ...{ what: "CPU a halt", unit: "ms" },
      ...beside(({ cpu }) => cpu * 1000, nodes),
      ...atMost(CPU_MS, "value"),
    },
    ...kindRows(nodes, controller),
  ];
}

/** Half of the CPU that a halt took when this was measured first. */
const CPU_MS = 5.7;

/** Of which kinds a halt's requests are. */
function kindRows(nodes: number, sides: readonly Side[]): readonly Row[] {
  const kinds = new Set(sides.flatMap(({ requests }) => [...requests.keys()]));
  return [...kinds].map((kind) => {
    const value = median(sides.map(({ requests }) => requests.get(kind) ?? 0)) / nodes;
    return { part: "of these requests, a halt", what: kind, unit: "", value };
  });
}

function sum(values: Iterable<number>): number {
  return [...values].reduce((all, value) => all + value, 0);
}
