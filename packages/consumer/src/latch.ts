import { ShutdownReason } from "@upgrade-halt/contract";
import { type Claim, HaltCase } from "./case.ts";
import type { Evidence, UnrecognisedHalt } from "./evidence.ts";
import type { IntentClaim } from "./intent-claim.ts";
import { isBeliefOutlived, isOutlived } from "./outlived.ts";
import { announcedBy, describeEnd, earlierEnd, latestEnd } from "./process-end.ts";
import { heightSeen, isPast, startOfProcess } from "./seen.ts";

/** A halt of the same container from before, and what happened since in words. */
export type Latched =
  | { readonly kind: "halted"; readonly halt: HaltCase; readonly since: string }
  | (Omit<UnrecognisedHalt, "kind"> & { readonly kind: "unrecognised"; readonly since: string });

/**
 * The halt that still holds although nothing says so now: the instance before announced it, or an earlier verdict
 * did. A node that answers without an intent, and not at the plan's height where one is known, is free of it, and so is one
 * that had a whole run since: see `isOutlived`.
 */
export function latchedHalt(evidence: Evidence, intent: IntentClaim): Latched | undefined {
  return haltOfEarlierEnd(evidence, intent) ?? believedHalt(evidence, intent);
}

function haltOfEarlierEnd(evidence: Evidence, intent: IntentClaim): Latched | undefined {
  const earlier = earlierEnd(evidence);
  if (earlier === undefined) return undefined;
  const meaning = announcedBy(earlier.end);
  const code = earlier.end.kind === "exited" ? earlier.end.code : undefined;
  if (meaning.kind === "reserved") {
    if (isOutlived(undefined, evidence)) return undefined;
    return unrecognised({ code, range: meaning.range }, evidence, intent);
  }
  if (meaning.kind === "outside" || meaning.reason === ShutdownReason.Unknown) return undefined;
  const { reason } = meaning;
  const told = (earlier.planLines ?? []).filter((line) => line.reason === reason);
  const heights = [...told, ...beliefOf(evidence, reason)].map(({ height = 0 }) => height);
  const height = Math.max(...heights, 0) || undefined;
  const claim = { reason, height };
  if (isFree(claim, evidence, intent) || isOutlived(claim, evidence)) return undefined;
  const halt = new HaltCase({ reason });
  halt.support("exit-code", halt);
  return { kind: "halted", halt, since: sinceThen(evidence, intent) };
}

function believedHalt(evidence: Evidence, intent: IntentClaim): Latched | undefined {
  const { believed } = evidence;
  if (believed === undefined || isBeliefOutlived(believed, evidence)) return undefined;
  if (believed.kind === "unrecognised-halt") return unrecognised(believed, evidence, intent);
  if (isFree(believed, evidence, intent)) return undefined;
  return { kind: "halted", halt: new HaltCase(believed), since: sinceThen(evidence, intent) };
}

/** What was believed of a halt for this reason, unless the node has been past that one since. */
function beliefOf(evidence: Evidence, reason: number): readonly Claim[] {
  const { believed } = evidence;
  if (believed?.kind !== "halted" || believed.reason !== reason) return [];
  return isPast(believed, heightSeen(evidence)) ? [] : [believed];
}

function unrecognised(
  { code, range }: Omit<UnrecognisedHalt, "kind">,
  evidence: Evidence,
  intent: IntentClaim,
): Latched | undefined {
  if (isSeenHealthy(evidence, intent)) return undefined;
  return { kind: "unrecognised", code, range, since: sinceThen(evidence, intent) };
}

function isFree(claim: Claim, evidence: Evidence, intent: IntentClaim): boolean {
  if (isPast(claim, heightSeen(evidence))) return true;
  if (intent.kind !== "healthy" || !isSeenHealthy(evidence, intent)) return false;
  if (claim.reason !== ShutdownReason.UpgradeRequired || claim.height === undefined) return true;
  // A node that knows of no contract may answer at its halt. One that is below it by now has other data.
  return intent.height !== undefined && intent.height < claim.height - 1;
}

/** A status beside a process that has ended is of before: of before the halt, too, where nothing tells when it began. */
function isSeenHealthy(evidence: Evidence, intent: IntentClaim): boolean {
  if (intent.kind !== "healthy" || intent.doubts.length > 0) return false;
  return latestEnd(evidence) === undefined || startOfProcess(evidence) !== undefined;
}

function sinceThen(evidence: Evidence, intent: IntentClaim): string {
  const latest = latestEnd(evidence);
  if (latest !== undefined) return `; since then it ${describeEnd(latest.end)}`;
  const runs = evidence.process?.kind === "running" || intent.kind === "healthy";
  return `; since then it ${runs ? "runs again, not yet past it" : "has shown nothing else"}`;
}
