import type { Evidence, UpgradeInfo } from "./evidence.ts";
import { latestEnd } from "./process-end.ts";
import { isOfAnotherChain, startOfProcess } from "./seen.ts";

/** A node that halts writes the file and ends: a file that is older than this at its end was written for something else, in ms. */
const BEFORE_END_MS = 10 * 60_000;
/** By how much the clocks of a file system and of a platform, which may round to seconds, can differ, in ms. */
const ROUNDING_MS = 1_000;

/**
 * Why an `upgrade-info.json` was not written by the halt of the instance that the evidence is about, in sentences: none
 * where nothing tells who wrote it. `undefined` where it was. cosmovisor's `add-upgrade` writes the file long before the
 * height, and the file of an earlier upgrade stays.
 */
export function whyNotOfThisHalt(info: UpgradeInfo, evidence: Evidence): string[] | undefined {
  const { modifiedAt, height = Number.POSITIVE_INFINITY } = info;
  const latest = latestEnd(evidence);
  const startedAt = latest?.startedAt ?? startOfProcess(evidence);
  if (modifiedAt === undefined || startedAt === undefined) return [];
  if (modifiedAt < startedAt - ROUNDING_MS) return [];
  if (latest?.endedAt !== undefined && modifiedAt < latest.endedAt - BEFORE_END_MS)
    return ["The file upgrade-info.json was written long before the process ended."];
  const { status } = evidence;
  if (status?.kind !== "answered" || isOfAnotherChain(evidence, status)) return undefined;
  // The block at the height is stored before it is refused; some nodes tell the one before it.
  const wasBelow = status.node.height !== undefined && status.node.height < height - 1;
  if (wasBelow && height < Number.POSITIVE_INFINITY && modifiedAt < status.at - ROUNDING_MS)
    return [`The file upgrade-info.json was written before the node was at ${status.node.height}.`];
  return undefined;
}
