import { INFERRED_REACH_BLOCKS, printable, quotedName, type Verdict } from "@upgrade-halt/consumer";
import type { HaltPolicySpec } from "../api/halt-policy.ts";
import { isNear } from "../model/height-reach.ts";
import { type LiveStatus, standsAtPlan } from "../model/live-status.ts";
import { containerOf, type Pod } from "../model/pod.ts";
import { newestRun } from "./log-source.ts";

/** The reason of a NodeHalt about a node of which nobody knows whether it halted. It is none of the contract. */
export const UNREAD = "log_not_read";

/** Maybe a halt: what would tell it is in a part of the log that could not be read. */
export type UnreadHalt = Extract<Verdict, { kind: "unrecognised-halt" }> & { readonly isUnread: true };

export function isUnreadHalt(verdict: Verdict): verdict is UnreadHalt {
  return "isUnread" in verdict;
}

/**
 * The verdict where nothing else tells of a halt, and the node's newest run ended, or stands still, at the height of a listed
 * plan with a log that could not be read so far back: a person has to look.
 */
export function unreadHalt(
  pod: Pod,
  { container, upgrades, inferredHalts }: HaltPolicySpec,
  live: LiveStatus | undefined,
  verdict: Verdict,
): UnreadHalt | undefined {
  const { run, lost } = live?.log ?? {};
  const newest = newestRun(pod, container);
  if (live === undefined || lost === undefined || newest?.id !== run || inferredHalts === "Ignore")
    return undefined;
  if (verdict.kind === "halted" || verdict.kind === "unrecognised-halt") return undefined;
  const plan = upgrades.find(({ height }) => isNear(live.height, height, INFERRED_REACH_BLOCKS));
  if (plan?.height === undefined) return undefined;
  // What is listed for the plan runs already: at its height it waits for the chain.
  if (containerOf(pod, container)?.image === plan.image) return undefined;
  if (newest?.end === undefined && !standsAtPlan(live, [plan.height])) return undefined;
  const how = newest?.end === undefined ? "stands still" : "ended";
  const why = `It ${how} at height ${live.height}, where ${quotedName(plan.planName)} is listed for ${plan.height}, and its log does not tell why: ${printable(lost, 256)}.`;
  return { kind: "unrecognised-halt", range: "unreadable", why, contradictions: [], isUnread: true };
}
