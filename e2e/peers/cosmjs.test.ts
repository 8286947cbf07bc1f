import cosmjs from "@cosmjs/tendermint-rpc";
import { until } from "@upgrade-halt/testing";
import cosmjs034 from "cosmjs-0.34";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Flavor } from "./mock-node.ts";
import { HALT_HEIGHT, haltedNode, healthyNode } from "./nodes.ts";

const { Comet1Client, Comet38Client, connectComet, HttpBatchClient, Tendermint37Client, WebsocketClient } =
  cosmjs;

/** Each speaks JSON-RPC over POST, so each fits both flavors. The one for 0.34 is in older releases of cosmjs alone. */
const CLIENTS = {
  Comet1Client,
  Comet38Client,
  Tendermint37Client,
  Tendermint34Client: cosmjs034.Tendermint34Client,
} as const;
const flavors: readonly Flavor[] = ["sei", "cometbft"];

describe.each(flavors)("cosmjs reads a node that speaks %s", (flavor) => {
  it.each(Object.entries(CLIENTS))("healthy, with %s", async (_, Client) => {
    const { url } = await healthyNode(flavor);
    const client = await Client.connect(url);
    onTestFinished(() => client.disconnect());
    await client.health();
    const { nodeInfo, syncInfo, validatorInfo } = await client.status();
    expect(nodeInfo.network).toBe("peers-1");
    expect(syncInfo.catchingUp).toBe(false);
    expect(validatorInfo.pubkey).toMatchObject({ algorithm: "ed25519" });
    const height = syncInfo.latestBlockHeight;
    const { block, blockId } = await client.block(height);
    const { block: next } = await until("the next block", () => client.block(height + 1));
    expect(next.header.lastBlockId?.hash).toEqual(blockId.hash);
    expect(block.header.height).toBe(height);
    expect((await client.blockchain(1, height)).blockMetas).toHaveLength(Math.min(height, 20));
    expect((await client.commit(height)).header.height).toBe(height);
    expect((await client.validators({ height })).validators).toHaveLength(1);
    expect((await client.genesis()).chainId).toBe("peers-1");
  });

  it.each(Object.entries(CLIENTS))(
    "halted, with %s: one height on /status, one below in the app",
    async (_, Client) => {
      const { url } = await haltedNode(flavor);
      const client = await Client.connect(url);
      onTestFinished(() => client.disconnect());
      await client.health();
      expect((await client.status()).syncInfo.latestBlockHeight).toBe(HALT_HEIGHT);
      expect((await client.abciInfo()).lastBlockHeight).toBe(HALT_HEIGHT - 1);
    },
  );

  it("subscribes to new blocks over a WebSocket", async () => {
    const { url } = await healthyNode(flavor);
    const client = Comet38Client.create(new WebsocketClient(url.replace("http", "ws"), () => {}));
    onTestFinished(() => client.disconnect());
    const heights: number[] = [];
    const subscription = client
      .subscribeNewBlock()
      .subscribe({ next: ({ header }) => heights.push(header.height) });
    const [first = 0, second] = await until("two new blocks", () => heights.length >= 2 && heights);
    subscription.unsubscribe();
    expect(second).toBe(first + 1);
  });

  it("sends batches of ten", async () => {
    const { url } = await healthyNode(flavor);
    const client = Comet38Client.create(new HttpBatchClient(url, { batchSizeLimit: 10 }));
    const statuses = await Promise.all(Array.from({ length: 25 }, () => client.status()));
    expect(new Set(statuses.map(({ nodeInfo }) => nodeInfo.network))).toEqual(new Set(["peers-1"]));
  });
});

it("cosmjs takes the cometbft flavor for CometBFT 0.38 by itself", async () => {
  const { url } = await healthyNode("cometbft");
  const client = await connectComet(url);
  onTestFinished(() => client.disconnect());
  expect(client).toBeInstanceOf(Comet38Client);
});
