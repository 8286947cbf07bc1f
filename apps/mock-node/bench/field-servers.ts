/**
 * One node's state behind three RPC servers in one process, for e2e's `bench:status`: two without an intent, one with.
 * They differ in nothing else, so they share code that is compiled, memory and moment. Prints their URLs as one line of JSON.
 * Argument: an empty folder for the node's home.
 */
import { ShutdownReason } from "@upgrade-halt/contract";
import { createHaltHolder } from "@upgrade-halt/producer";
import { BlockFeed } from "../src/chain/block-feed.ts";
import { Chain } from "../src/chain/chain.ts";
import { openHome } from "../src/home.ts";
import { createLogger } from "../src/logger.ts";
import type { NodeView } from "../src/rpc/node-view.ts";
import { urlOf } from "../src/rpc/rpc-address.ts";
import { rpcServer } from "../src/rpc/server.ts";

const home = openHome(process.argv[2] ?? ".");
const chain = new Chain({
  ...home,
  chainId: "mock-1",
  initialHeight: 1,
  plans: [],
  handlers: new Set(),
  skipHeights: new Set(),
  now: () => BigInt(Date.now()) * 1_000_000n,
});
chain.apply(chain.storeNext(), { kind: "proceed" });
chain.storeNext();

async function serve(isHalted: boolean): Promise<string> {
  const holder = createHaltHolder(Date.now);
  const plan = { name: "v6.7", height: 2, info: '{"upgradeType":"major"}' };
  if (isHalted) holder.publish(holder.stamp(ShutdownReason.UpgradeRequired, plan));
  const view: NodeView = {
    chainId: "mock-1",
    moniker: "field",
    version: "v6.6",
    flavor: "sei",
    intentIntegers: "numbers",
    initialHeight: 1,
    identity: home.identity,
    store: home.store,
    blocks: new BlockFeed(),
    holder,
    peerHeight: undefined,
    onStatusFault: () => {},
  };
  const server = rpcServer(view, createLogger("plain"), {});
  await server.listen({ host: "127.0.0.1", port: 0, listenTextResolver: () => "RPC server started" });
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return `${urlOf({ host: address.address, port: address.port })}/status`;
}

const urls = { without: await serve(false), again: await serve(false), with: await serve(true) };
process.stdout.write(`${JSON.stringify(urls)}\n`);
