import { ShutdownReason } from "@upgrade-halt/contract";
import { type Claim, HaltCase } from "./case.ts";
import type { Evidence } from "./evidence.ts";
import type { IntentClaim } from "./intent-claim.ts";
import { announcedBy, describeEnd, earlierEnd, latestEnd } from "./process-end.ts";

/** A halt of the same container from before, and what happened since in words. */
export interface Latched {
  readonly halt: HaltCase;
  readonly since: string;
}

/**
 * The halt that still holds although nothing says so now: the instance before announced it, or an earlier verdict
 * did. A node that answers without an intent, past the plan's height where one is known, is free of it.
 */
export function latchedHalt(evidence: Evidence, intent: IntentClaim): Latched | undefined {
  const claim = claimBefore(evidence);
  if (claim === undefined || isReleased(claim, evidence, intent)) return undefined;
  const halt = new HaltCase(claim);
  if (claim.byExitCode) halt.support("exit-code", claim);
  return { halt, since: `; since then it ${whatHappened(evidence)}` };
}

interface EarlierClaim extends Claim {
  readonly byExitCode: boolean;
}

function claimBefore(evidence: Evidence): EarlierClaim | undefined {
  const earlier = earlierEnd(evidence);
  const meaning = earlier && announcedBy(earlier.end);
  if (meaning?.kind === "reason" && meaning.reason !== ShutdownReason.Unknown) {
    const { reason } = meaning;
    const line = earlier?.planLine?.reason === reason ? earlier.planLine : undefined;
    return { reason, plan: line?.plan, height: line?.height, byExitCode: true };
  }
  const { believed } = evidence;
  return (
    believed && { reason: believed.reason, plan: believed.plan, height: believed.height, byExitCode: false }
  );
}

function isReleased(claim: Claim, { lastSeen, believed }: Evidence, intent: IntentClaim): boolean {
  const height = claim.height ?? (believed?.reason === claim.reason ? believed.height : undefined);
  const due = claim.reason === ShutdownReason.UpgradeRequired ? height : undefined;
  if (due !== undefined && (lastSeen?.height ?? 0) > due) return true;
  if (intent.kind !== "healthy" || !intent.current) return false;
  return due === undefined || (intent.height ?? 0) > due;
}

function whatHappened(evidence: Evidence): string {
  const latest = latestEnd(evidence);
  if (latest !== undefined) return describeEnd(latest.end);
  return evidence.process?.kind === "running" ? "runs again, not yet past it" : "has shown nothing else";
}
