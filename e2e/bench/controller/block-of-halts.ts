import type { NodeHalt } from "@upgrade-halt/mini-controller/api";
import { startController } from "../../harness/controller.ts";
import { countedByKind, requestsSinceHalt } from "./audit-log.ts";
import { startBareWriter } from "./bare-writer.ts";
import type { BenchCluster } from "./bench-cluster.ts";
import { type Block, rowsOf, type Side } from "./block-rows.ts";
import { Chain, phantomAt } from "./chain.ts";
import type { Options } from "./options.ts";
import { PhantomNodes } from "./phantom-nodes.ts";
import { createPolicy, untilRecovered, untilSeenAtHeight } from "./policy.ts";
import { bytesOf, cpuSeconds } from "./process-cost.ts";
import { fewestWrites, type HaltScript, moved } from "./recorded-writes.ts";
import type { Row } from "./report.ts";

/**
 * Many nodes halt in one block, round by round: under the controller, and then for a bare client that makes the fewest writes of
 * which a crash-safe journal can be, as the API server's audit log has them; and for one that also reads again before each act.
 */
export async function benchBlockOfHalts(
  cluster: BenchCluster,
  auditFolder: string,
  { nodes, rounds }: Pick<Options, "nodes" | "rounds">,
): Promise<readonly Row[]> {
  const blocks: Block[] = [];
  for (const size of nodes) blocks.push(await measure(cluster, auditFolder, size, rounds));
  return rowsOf(blocks);
}

async function measure(
  cluster: BenchCluster,
  auditFolder: string,
  nodes: number,
  rounds: number,
): Promise<Block> {
  const controller: Side[] = [];
  const bare: Side[] = [];
  const careful: Side[] = [];
  let scripts: readonly HaltScript[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const namespace = `bench-controller-${nodes}-${round}`;
    await withBlock(cluster, namespace, nodes, async (block) => {
      const took = await underController(cluster, block);
      const asked = requestsSinceHalt(auditFolder, namespace);
      controller.push({ ...took, requests: countedByKind(asked) });
      scripts = fewestWrites(asked, block.identities);
    });
    for (const [name, sides] of [["bare", bare] as const, ["careful", careful] as const]) {
      const other = `bench-${name}-${nodes}-${round}`;
      await withBlock(cluster, other, nodes, async (block) => {
        const took = await underBareClient(cluster, block, { scripts, rereads: sides === careful });
        sides.push({ ...took, requests: countedByKind(requestsSinceHalt(auditFolder, other)) });
      });
    }
  }
  return { nodes, controller, bare, careful };
}

/** Has nodes run in a namespace of their own while `use` lets them halt. */
export async function withBlock<T>(
  cluster: BenchCluster,
  namespace: string,
  nodes: number,
  use: (block: PhantomNodes) => Promise<T>,
): Promise<T> {
  const chain = await Chain.start(phantomAt);
  const block = await PhantomNodes.start(cluster, chain, namespace, nodes);
  try {
    return await use(block);
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
  { scripts, rereads }: { readonly scripts: readonly HaltScript[]; readonly rereads: boolean },
): Promise<Taken> {
  const recorded = new Map(scripts.map((script) => [script.node.name, script]));
  const own = block.identities.flatMap((node) => {
    const script = recorded.get(node.name);
    return script === undefined ? [] : [[`${node.name}-0`, moved(script, node)] as const];
  });
  const writer = await startBareWriter(cluster, Object.fromEntries(own), rereads);
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
