import { ShutdownReason } from "@upgrade-halt/contract";
import type { HaltHolder } from "@upgrade-halt/producer";
import type { Logger } from "pino";
import type { BlockFeed } from "./chain/block-feed.ts";
import type { Home } from "./home.ts";
import { reasonOf } from "./mock-node-error.ts";
import type { NodeOptions } from "./options.ts";
import type { NodeView } from "./rpc/node-view.ts";
import { versionOf } from "./upgrade/handlers.ts";

/** What RPC may see of a node. */
export function nodeView(
  options: NodeOptions,
  home: Home,
  holder: HaltHolder,
  blocks: BlockFeed,
  log: Logger,
): NodeView {
  const { chainId, moniker, flavor, intentIntegers, initialHeight, peerHeight, image } = options;
  return {
    chainId,
    moniker,
    flavor,
    intentIntegers,
    initialHeight,
    peerHeight,
    version: versionOf(image),
    identity: home.identity,
    store: home.store,
    blocks,
    holder: holderWithFaults(options, holder),
    onStatusFault: (cause) => log.error(`the halt intent could not be populated: ${reasonOf(cause)}`),
  };
}

function holderWithFaults(
  { faultPopulate, faultForgedHalt: forged }: NodeOptions,
  holder: HaltHolder,
): HaltHolder {
  if (faultPopulate) return { ...holder, snapshot: failToPopulate };
  if (forged === undefined) return holder;
  const intent = holder.stamp(ShutdownReason.UpgradeRequired, { ...forged, info: "" });
  return { ...holder, snapshot: () => holder.snapshot() ?? intent };
}

const FAULT = new Error("fault injected");

function failToPopulate(): never {
  throw FAULT;
}
