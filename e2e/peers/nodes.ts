import { until } from "@upgrade-halt/testing";
import { type Flavor, type PeeredNode, startMockNode } from "./mock-node.ts";

/** The height at which a halted node of these tests stands. */
export const HALT_HEIGHT = 9;
const MAJOR = { name: "v6.7", height: HALT_HEIGHT, info: '{"upgradeType":"major"}' };

/** A node that has made three blocks at least, and goes on. */
export async function healthyNode(flavor: Flavor): Promise<PeeredNode> {
  const node = await startMockNode(flavor);
  await settled(node, (height) => height >= 3);
  return node;
}

/** A node that has halted for 70 and serves on. */
export async function haltedNode(flavor: Flavor): Promise<PeeredNode> {
  const node = await startMockNode(flavor, [MAJOR]);
  await settled(node, (_, isHalted) => isHalted);
  return node;
}

async function settled(
  { url }: PeeredNode,
  isSettled: (height: number, isHalted: boolean) => boolean,
): Promise<void> {
  await until(`${url} to be where the test needs it`, async () => {
    const body = await (await fetch(`${url}/status`)).text();
    const height = Number(/"latest_block_height":"(\d+)"/.exec(body)?.[1]);
    return isSettled(height, body.includes('"halt_intent":{'));
  });
}
