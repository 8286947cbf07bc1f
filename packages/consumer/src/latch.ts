import { ShutdownReason } from "@upgrade-halt/contract";
import type { UnrecognisedHalt } from "./evidence.ts";
import type { Facts } from "./facts.ts";
import { type Claim, caseOf, type HaltCase, supported } from "./halt-case.ts";
import type { IntentClaim } from "./intent-claim.ts";
import { isBeliefOutlived, isOutlived } from "./outlived.ts";
import { announcedBy, describeEnd } from "./process-end.ts";
import { isPast } from "./seen.ts";

/** A halt of the same container from before, and what happened since in words. */
export type Latched =
  | { readonly kind: "halted"; readonly halt: HaltCase; readonly since: string }
  | (Omit<UnrecognisedHalt, "kind"> & { readonly kind: "unrecognised"; readonly since: string });

/**
 * The halt that still holds although nothing says so now: the instance before announced it, or an earlier verdict
 * did. A node that answers without an intent, and not at the plan's height where one is known, is free of it, and so is one
 * that had a whole run since: see `isOutlived`.
 */
export function latchedHalt(facts: Facts, intent: IntentClaim): Latched | undefined {
  return haltOfEarlierEnd(facts, intent) ?? believedHalt(facts, intent);
}

function haltOfEarlierEnd(facts: Facts, intent: IntentClaim): Latched | undefined {
  const { earlier } = facts;
  if (earlier === undefined) return undefined;
  const meaning = announcedBy(earlier.end);
  const code = earlier.end.kind === "exited" ? earlier.end.code : undefined;
  if (meaning.kind === "reserved") {
    if (isOutlived(undefined, facts)) return undefined;
    return unrecognised({ code, range: meaning.range }, facts, intent);
  }
  if (meaning.kind === "outside" || meaning.reason === ShutdownReason.Unknown) return undefined;
  const { reason } = meaning;
  const told = (earlier.planLines ?? []).filter((line) => line.reason === reason);
  const heights = [...told, ...beliefOf(facts, reason)].map(({ height = 0 }) => height);
  const height = Math.max(...heights, 0) || undefined;
  const claim = { reason, height };
  if (isFree(claim, facts, intent) || isOutlived(claim, facts)) return undefined;
  const halt = supported(caseOf({ reason }), "exit-code", { reason });
  return { kind: "halted", halt, since: sinceThen(facts, intent) };
}

/** What an earlier verdict said, where that still holds. */
export function believedHalt(facts: Facts, intent: IntentClaim): Latched | undefined {
  const { believed } = facts.evidence;
  if (believed === undefined || isBeliefOutlived(believed, facts)) return undefined;
  if (believed.kind === "unrecognised-halt") return unrecognised(believed, facts, intent);
  if (isFree(believed, facts, intent)) return undefined;
  return { kind: "halted", halt: caseOf(believed), since: sinceThen(facts, intent) };
}

/** What was believed of a halt for this reason, unless the node has been past that one since. */
function beliefOf(facts: Facts, reason: number): readonly Claim[] {
  const { believed } = facts.evidence;
  if (believed?.kind !== "halted" || believed.reason !== reason) return [];
  return isPast(believed, facts.heightSeen) ? [] : [believed];
}

function unrecognised(
  { code, range }: Omit<UnrecognisedHalt, "kind">,
  facts: Facts,
  intent: IntentClaim,
): Latched | undefined {
  if (isSeenHealthy(facts, intent)) return undefined;
  return { kind: "unrecognised", code, range, since: sinceThen(facts, intent) };
}

function isFree(claim: Claim, facts: Facts, intent: IntentClaim): boolean {
  if (isPast(claim, facts.heightSeen)) return true;
  if (intent.kind !== "healthy" || !isSeenHealthy(facts, intent)) return false;
  if (claim.reason !== ShutdownReason.UpgradeRequired || claim.height === undefined) return true;
  // A node that knows of no contract may answer at its halt. One that is below it by now has other data.
  return intent.height !== undefined && intent.height < claim.height - 1;
}

/** A status beside a process that has ended is of before: of before the halt, too, where nothing tells when it began. */
function isSeenHealthy(facts: Facts, intent: IntentClaim): boolean {
  if (intent.kind !== "healthy" || intent.doubts.length > 0) return false;
  return facts.latest === undefined || facts.startedAt !== undefined;
}

function sinceThen(facts: Facts, intent: IntentClaim): string {
  const { latest, running } = facts;
  if (latest !== undefined) return `; since then it ${describeEnd(latest.end)}`;
  if (running === undefined && intent.kind !== "healthy") return "; since then it has shown nothing else";
  const place = facts.heightNow > 0 ? "not yet past it" : "and at which height was not read";
  return `; since then it runs again, ${place}`;
}
