import type { HaltHolder } from "@upgrade-halt/producer";
import type { BlockFeed } from "../chain/block-feed.ts";
import type { BlockStore } from "../chain/block-store.ts";
import type { Identity } from "../identity.ts";

/** The two kinds of node whose RPC this one can speak. */
export const FLAVORS = ["sei", "cometbft"] as const;
export type Flavor = (typeof FLAVORS)[number];

/**
 * How `/status` writes the integers of an intent: as `encoding/json` does, or as Sei's own marshaller does for a plain struct
 * field, which writes every 64-bit integer as a text.
 */
export const INTENT_INTEGERS = ["numbers", "strings"] as const;
export type IntentIntegers = (typeof INTENT_INTEGERS)[number];

/** All that RPC may see of the node. */
export interface NodeView {
  readonly chainId: string;
  readonly moniker: string;
  readonly version: string;
  readonly flavor: Flavor;
  readonly intentIntegers: IntentIntegers;
  readonly initialHeight: number;
  readonly identity: Identity;
  readonly store: Pick<BlockStore, "first" | "last" | "applied" | "block">;
  readonly blocks: Pick<BlockFeed, "subscribe">;
  readonly holder: HaltHolder;
  /** The highest height that peers claim; the node's own when there are no peers. */
  readonly peerHeight: number | undefined;
  /** Populating `/status` went wrong. Called once. */
  readonly onStatusFault: (cause: unknown) => void;
}

/** The height of the newest stored block; 0 before the first. */
export function storedHeight(view: NodeView): number {
  return view.store.last?.height ?? 0;
}

/** The height of the newest applied block; 0 before the first. */
export function appliedHeight(view: NodeView): number {
  return view.store.applied?.height ?? 0;
}
