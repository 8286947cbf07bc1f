import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { Flavor } from "./mock-node.ts";
import { HALT_HEIGHT, haltedNode, healthyNode } from "./nodes.ts";
import { pathOf } from "./programs.ts";

const flavors: readonly Flavor[] = ["sei", "cometbft"];

async function seenByGo(url: string) {
  const { stdout } = await promisify(execFile)(pathOf("peer"), ["client", url]);
  return JSON.parse(stdout);
}

describe.each(flavors)("CometBFT's own Go client reads a node that speaks %s", (flavor) => {
  it("healthy: hashes and signatures hold in Go, and new blocks arrive", async () => {
    const { url } = await healthyNode(flavor);
    const seen = await seenByGo(url);
    expect(seen).toMatchObject({
      nodeId: expect.stringMatching(/^[0-9a-f]{40}$/),
      network: "peers-1",
      genesisChain: "peers-1",
      earliestHeight: 1,
      headerHashes: true,
      chained: true,
      signed: true,
    });
    const [first] = seen.newBlocks;
    expect(seen.newBlocks).toEqual([first, first + 1]);
    expect(first).toBeGreaterThan(seen.latestHeight);
  });

  it("halted: one height on /status, one below in the app, and no new block", async () => {
    const { url } = await haltedNode(flavor);
    expect(await seenByGo(url)).toMatchObject({
      latestHeight: HALT_HEIGHT,
      appHeight: HALT_HEIGHT - 1,
      headerHashes: true,
      chained: true,
      signed: true,
      newBlocks: [],
    });
  });
});
