import { join } from "node:path";
import { createHaltHolder, type HaltHolder } from "@upgrade-halt/producer";
import { onTestFinished } from "vitest";
import { BlockFeed } from "../chain/block-feed.ts";
import { Chain } from "../chain/chain.ts";
import { openHome } from "../home.ts";
import type { NodeView } from "../rpc/node-view.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A node's view of a chain of `blocks` applied blocks, without the node; `next` adds a block. */
export function testView(blocks: number, overrides: Partial<NodeView> = {}) {
  const home = openHome(join(temporaryFolder(), "home"));
  onTestFinished(() => {
    home.store.close();
    home.journal.close();
  });
  const feed = new BlockFeed();
  const holder: HaltHolder = createHaltHolder(() => 0);
  let now = 1_700_000_000_120_000_000n;
  const chain = new Chain({
    ...home,
    chainId: "test-1",
    initialHeight: 1,
    plans: [],
    handlers: new Set(),
    skipHeights: new Set(),
    now: () => {
      now += 400_000_000n;
      return now;
    },
  });
  const next = (): void => {
    const block = chain.storeNext();
    chain.apply(block, { kind: "proceed" });
    feed.publish(block);
  };
  for (let made = 0; made < blocks; made += 1) next();
  const view: NodeView = {
    chainId: "test-1",
    moniker: "here",
    version: "v6.6",
    flavor: "sei",
    intentIntegers: "numbers",
    initialHeight: 1,
    identity: home.identity,
    store: home.store,
    blocks: feed,
    holder,
    peerHeight: undefined,
    onStatusFault: () => {},
    ...overrides,
  };
  return { view, holder, next, chain };
}
