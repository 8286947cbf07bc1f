import { type HaltIntent, ShutdownReason } from "@upgrade-halt/contract";
import { type Artifact, fileArtifact } from "@upgrade-halt/producer";
import type { Block } from "./chain/block.ts";
import type { Chain } from "./chain/chain.ts";
import type { HaltDecision } from "./chain/consensus.ts";
import type { Home } from "./home.ts";
import { upgradeInfoBytes } from "./upgrade/upgrade-info.ts";

/**
 * What a halt must leave on disk before it is announced: for a needed upgrade the file that cosmovisor reads, and in any
 * case the node's own memory of the announcement, from which a restarted node repeats it.
 */
export function haltArtifacts(
  { store, journal, journalPath, upgradeInfoPath }: Home,
  { reason, plan }: HaltDecision,
  { height }: Block,
  intent: HaltIntent,
): readonly Artifact[] {
  const memory: Artifact = {
    name: journalPath,
    persist: () => {
      store.sync();
      journal.append({ event: "halted", height, intent });
    },
  };
  if (reason !== ShutdownReason.UpgradeRequired) return [memory];
  const bytes = upgradeInfoBytes({ name: plan.name, height, info: plan.info });
  return [fileArtifact({ path: upgradeInfoPath, bytes, mode: 0o600 }), memory];
}

/** A halt that an earlier run of this node announced, and that stands. */
export interface RecordedHalt {
  readonly decision: HaltDecision;
  readonly block: Block;
  readonly intent: HaltIntent;
}

/**
 * The halt in the node's memory, when nothing has happened since and this binary would decide the same: known
 * before any block is replayed.
 */
export function recordedHalt({ journal }: Pick<Home, "journal">, chain: Chain): RecordedHalt | undefined {
  const block = chain.unapplied;
  const newest = journal.events.at(-1);
  if (block === undefined || newest?.event !== "halted" || newest.height !== block.height) return undefined;
  const { intent } = newest;
  const decision = chain.decide(block.height);
  if (decision.kind !== "halt" || decision.reason !== intent.reason) return undefined;
  return decision.plan.name === intent.plan_name ? { decision, block, intent } : undefined;
}
