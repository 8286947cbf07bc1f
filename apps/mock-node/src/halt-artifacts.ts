import { type HaltIntent, ShutdownReason } from "@upgrade-halt/contract";
import { type Artifact, fileArtifact } from "@upgrade-halt/producer";
import type { Block } from "./chain/block.ts";
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

/** The announcement that an earlier run made of this very halt. */
export function recordedIntent(
  { journal }: Pick<Home, "journal">,
  { reason, plan }: HaltDecision,
  { height }: Block,
): HaltIntent | undefined {
  const newest = journal.events.at(-1);
  if (newest?.event !== "halted" || newest.height !== height) return undefined;
  const { intent } = newest;
  return intent.reason === reason && intent.plan_name === plan.name ? intent : undefined;
}
