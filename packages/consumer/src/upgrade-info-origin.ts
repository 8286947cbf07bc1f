import type { UpgradeInfo } from "./evidence.ts";
import type { Facts } from "./facts.ts";
import { STANDSTILL_MS } from "./standstill.ts";

/** A node that halts writes the file and ends: a file that is older than this at its end was written for something else, in ms. */
const BEFORE_END_MS = 10 * 60_000;
/**
 * The same of a node that was not seen at the file's height, or the block before: it came there and ended soon, or never did. One that
 * lives on is given a standstill before it is asked to end (`exec --announce`), as long again to do so, and the rest is for slow clocks.
 */
const BEFORE_END_UNSEEN_MS = 3 * STANDSTILL_MS;
/** By how much the clocks of a file system and of a platform, which may round to seconds, can differ, in ms. */
const ROUNDING_MS = 1_000;

/**
 * Why an `upgrade-info.json` was not written by the halt of the instance that the evidence is about, in sentences: none
 * where nothing tells who wrote it. `undefined` where it was. cosmovisor's `add-upgrade` writes the file long before the
 * height, and the file of an earlier upgrade stays.
 */
export function whyNotOfThisHalt(info: UpgradeInfo, facts: Facts): string[] | undefined {
  const { modifiedAt, height = Number.POSITIVE_INFINITY } = info;
  const { latest, answer, isOfAnotherChain, heightSeen } = facts;
  const startedAt = latest?.startedAt ?? facts.startedAt;
  if (modifiedAt === undefined || startedAt === undefined) return [];
  if (modifiedAt < startedAt - ROUNDING_MS) return [];
  if (latest?.endedAt !== undefined && modifiedAt < latest.endedAt - BEFORE_END_MS)
    return ["The file upgrade-info.json was written long before the process ended."];
  const wasSeenBelow = heightSeen > 0 && heightSeen < height - 1 && height < Number.POSITIVE_INFINITY;
  if (wasSeenBelow && latest?.endedAt !== undefined && modifiedAt < latest.endedAt - BEFORE_END_UNSEEN_MS)
    return [
      `The file upgrade-info.json is of height ${height} and was written a while before the process ended, which was seen at ${heightSeen}.`,
    ];
  if (answer === undefined || isOfAnotherChain) return undefined;
  // The block at the height is stored before it is refused; some nodes tell the one before it.
  const wasBelow = answer.node.height !== undefined && answer.node.height < height - 1;
  if (wasBelow && height < Number.POSITIVE_INFINITY && modifiedAt < answer.at - ROUNDING_MS)
    return [`The file upgrade-info.json was written before the node was at ${answer.node.height}.`];
  return undefined;
}
