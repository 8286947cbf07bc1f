import { type ReservedRange, ShutdownReason } from "@upgrade-halt/contract";
import { describeClaim, HaltCase } from "./case.ts";
import { corroborate } from "./corroborate.ts";
import type { EndedProcess, Evidence } from "./evidence.ts";
import { inferredHalt } from "./inferred-halt.ts";
import { claimOfStatus, type IntentClaim } from "./intent-claim.ts";
import { latchedHalt } from "./latch.ts";
import { announcedBy, describeEnd, earlierEnd, latestEnd } from "./process-end.ts";
import { seenOf } from "./seen.ts";
import type { HaltedVerdict, UnrecognisedHaltVerdict, Verdict } from "./verdict.ts";
import { withoutHalt } from "./without-halt.ts";

/**
 * The one judgement of what became of a node. Pure and total: every evidence has a verdict. What is said now outweighs
 * what was said before, an exit code outweighs an intent, and a halt once concluded holds until the node is seen free of
 * it. A doubtful intent still makes a halt where nothing better is known, never a corroborated one. A node that announces
 * nothing may still have halted: see `inferredHalt`.
 */
export function classify(evidence: Evidence): Verdict {
  const verdict = judge(evidence);
  const seen = seenOf(evidence);
  return verdict.kind === "halted" && seen !== undefined ? { ...verdict, seen } : verdict;
}

function judge(evidence: Evidence): Verdict {
  const intent = claimOfStatus(evidence);
  const latest = latestEnd(evidence);
  return (
    haltByExit(evidence, latest, intent) ??
    haltByIntent(evidence, latest, intent, false) ??
    haltBefore(evidence, latest, intent) ??
    haltByIntent(evidence, latest, intent, true) ??
    inferredHalt(evidence, latest, intent) ??
    withoutHalt(evidence, latest, intent)
  );
}

function haltByExit(
  evidence: Evidence,
  latest: EndedProcess | undefined,
  intent: IntentClaim,
): Verdict | undefined {
  if (latest === undefined || latest.end.kind !== "exited") return undefined;
  const meaning = announcedBy(latest.end);
  if (meaning.kind === "reserved") {
    const { code } = latest.end;
    return unrecognised({ range: meaning.range, code }, `exited with ${code}`, againstReserved(intent));
  }
  if (meaning.kind === "outside" || meaning.reason === ShutdownReason.Unknown) return undefined;
  const halt = new HaltCase({ reason: meaning.reason });
  halt.support("exit-code", halt);
  weighIntent(halt, intent);
  if (intent.kind === "healthy" && intent.at > (latest.endedAt ?? Number.POSITIVE_INFINITY))
    halt.contradictions.push("Something answers in its place since then, and announces no halt.");
  return conclude(halt, evidence, "");
}

function haltByIntent(
  evidence: Evidence,
  latest: EndedProcess | undefined,
  intent: IntentClaim,
  doubtful: boolean,
): Verdict | undefined {
  if (intent.kind === "unreadable" && doubtful) {
    return unrecognised({ range: "unreadable" }, UNREADABLE, []);
  }
  if (intent.kind !== "halt" && intent.kind !== "unrecognised") return undefined;
  if (intent.doubts.length > 0 !== doubtful) return undefined;
  const after = latest === undefined ? "" : `; since then it ${describeEnd(latest.end)}`;
  if (intent.kind === "unrecognised") {
    return unrecognised(intent, `announced the reason ${intent.code}`, intent.doubts, after);
  }
  const halt = new HaltCase(intent);
  weighIntent(halt, intent);
  weighEarlierEnd(halt, evidence);
  return doubtful ? halt.conclude(after) : conclude(halt, evidence, after);
}

function haltBefore(
  evidence: Evidence,
  latest: EndedProcess | undefined,
  intent: IntentClaim,
): Verdict | undefined {
  const latched = latchedHalt(evidence, intent);
  if (latched === undefined) return undefined;
  if (latched.kind === "unrecognised") {
    const { code, since } = latched;
    const doubts = intent.kind === "halt" ? intent.doubts : [];
    return unrecognised(latched, code === undefined ? UNREADABLE : `halted with ${code}`, doubts, since);
  }
  weighIntent(latched.halt, intent);
  const verdict = conclude(latched.halt, evidence, latched.since);
  // What was inferred before is inferred anew where the evidence still allows it: the list may be another by now.
  return verdict.inferred ? (inferredHalt(evidence, latest, intent) ?? verdict) : verdict;
}

/** An intent with doubts is only mentioned; one without them supports the case or disputes it. */
function weighIntent(halt: HaltCase, intent: IntentClaim): void {
  if (intent.kind === "unreadable")
    halt.contradictions.push("Its status carries a halt that cannot be read.");
  if (intent.kind === "unrecognised") halt.dispute(`Its status announced the unknown reason ${intent.code}.`);
  if (intent.kind !== "halt") return;
  if (intent.doubts.length > 0) halt.contradictions.push(...intent.doubts.map(asSentence));
  else if (halt.agrees(intent)) halt.support("live-intent", intent);
  else halt.dispute(`Its status announced ${describeClaim(intent)}.`);
}

/** A stay-alive node that was restarted says again what its last exit code said. */
function weighEarlierEnd(halt: HaltCase, evidence: Evidence): void {
  const meaning = announcedBy(earlierEnd(evidence)?.end ?? { kind: "unrecorded" });
  if (meaning.kind === "reason" && meaning.reason === halt.reason) {
    halt.support("exit-code", { reason: halt.reason });
  }
}

function conclude(halt: HaltCase, evidence: Evidence, since: string): HaltedVerdict {
  corroborate(halt, evidence);
  return halt.conclude(since);
}

function againstReserved(intent: IntentClaim): string[] {
  return intent.kind === "halt" ? [`its status announced ${describeClaim(intent)}`] : [];
}

const UNREADABLE = "announced a halt that cannot be read";

function unrecognised(
  { range, code }: Pick<UnrecognisedHaltVerdict, "range" | "code">,
  what: string,
  against: readonly string[],
  since = "",
): UnrecognisedHaltVerdict {
  return {
    kind: "unrecognised-halt",
    ...(code === undefined ? {} : { code }),
    range,
    why: `It ${what}, ${MEANING[range]}${since}.`,
    contradictions: against.map(asSentence),
  };
}

const MEANING = {
  upgrade: "an upgrade halt of a newer kind than this reader knows",
  operator: "an operator halt of a newer kind than this reader knows",
  outside: "which no version of the contract gives a meaning",
  unreadable: "so a person has to look",
} as const satisfies Record<ReservedRange | "outside" | "unreadable", string>;

function asSentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
