import { startController } from "../../harness/controller.ts";
import { startBareWriter } from "./bare-writer.ts";
import type { BenchCluster } from "./bench-cluster.ts";
import { Chain, phantomAt } from "./chain.ts";
import type { Options } from "./options.ts";
import { PhantomNodes } from "./phantom-nodes.ts";
import { createPolicy, untilRecovered, untilSeenAtHeight } from "./policy.ts";
import { cpuSeconds } from "./process-cost.ts";
import { type HaltScript, moved, recordedScripts } from "./recorded-writes.ts";
import type { Row } from "./report.ts";
import { median } from "./samples.ts";

/** What one side took for a block of halts: milliseconds after the first halt was written, and CPU seconds. */
interface Side {
  /** Until the last halt was written, by the benchmark itself. */
  readonly halted: number;
  /** Until every halt was recorded, every image set and the last pod that halted deleted. */
  readonly swapped: number;
  readonly cpu: number;
}

/**
 * Many nodes halt in one block, round by round: under the controller, and then for a bare client that issues the same
 * writes, as the API server's audit log has them.
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
    await withBlock(cluster, `bench-controller-${round}`, nodes, async (block) => {
      controller.push(await underController(cluster, block));
      scripts = recordedScripts(auditFolder, block.identities);
    });
    await withBlock(cluster, `bench-bare-${round}`, nodes, async (block) => {
      bare.push(await underBareClient(cluster, block, scripts));
    });
  }
  return rowsOf(nodes, scripts, controller, bare);
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

async function underController(cluster: BenchCluster, block: PhantomNodes): Promise<Side> {
  const { namespace, count } = block;
  await createPolicy(cluster, namespace);
  const controller = await startController({ ...cluster, namespace });
  await untilSeenAtHeight(cluster, namespace, count);
  const cpuBefore = cpuSeconds(controller.pid);
  const began = performance.now();
  await block.halt();
  const halted = performance.now() - began;
  const swapped = (await block.replaced()) - began;
  const cpu = cpuSeconds(controller.pid) - cpuBefore;
  await untilRecovered(cluster, namespace, count);
  await controller.stop();
  return { halted, swapped, cpu };
}

async function underBareClient(
  cluster: BenchCluster,
  block: PhantomNodes,
  scripts: readonly HaltScript[],
): Promise<Side> {
  const recorded = new Map(scripts.map((script) => [script.node.name, script]));
  const own = block.identities.flatMap((node) => {
    const script = recorded.get(node.name);
    return script === undefined ? [] : [[`${node.name}-0`, moved(script, node)] as const];
  });
  const writer = await startBareWriter(cluster, Object.fromEntries(own));
  const cpuBefore = cpuSeconds(writer.pid);
  const began = performance.now();
  await block.halt((pod) => writer.onHalt(pod.metadata.name));
  const halted = performance.now() - began;
  const replaced = block.replaced();
  await Promise.race([replaced, writer.done.then(() => replaced)]);
  const swapped = (await replaced) - began;
  const cpu = cpuSeconds(writer.pid) - cpuBefore;
  await writer.done;
  writer.stop();
  return { halted, swapped, cpu };
}

function rowsOf(
  nodes: number,
  scripts: readonly HaltScript[],
  controller: readonly Side[],
  bare: readonly Side[],
): readonly Row[] {
  const part = `${nodes} nodes halt in one block (medians of ${controller.length} rounds)`;
  const beside = (of: (side: Side) => number, scale = 1) => {
    const at = (sides: readonly Side[]) => median(sides.map(of)) / scale;
    return { value: at(controller), beside: { what: "bare client", value: at(bare) } };
  };
  const writes = scripts.reduce((sum, { untilReplaced }) => sum + untilReplaced, 0);
  return [
    { part, what: "halts written by the benchmark", unit: "s", ...beside(({ halted }) => halted, 1000) },
    {
      part,
      what: "all recorded and swapped",
      unit: "s",
      ...beside(({ swapped }) => swapped, 1000),
      target: { of: "ratio", atMost: 1.3 },
    },
    { part, what: "writes a halt until then", unit: "", value: writes / scripts.length },
    { part, what: "its own CPU until then", unit: "s", ...beside(({ cpu }) => cpu) },
  ];
}
