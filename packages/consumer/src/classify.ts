import { type ReservedRange, ShutdownReason } from "@upgrade-halt/contract";
import type { Evidence } from "./evidence.ts";
import { type Facts, factsOf } from "./facts.ts";
import {
  agrees,
  caseOf,
  concluded,
  describeClaim,
  disputed,
  type HaltCase,
  noted,
  supported,
} from "./halt-case.ts";
import { inferredHalt } from "./inferred-halt.ts";
import { claimOfStatus, type IntentClaim, replacedSince } from "./intent-claim.ts";
import { believedHalt, type Latched, latchedHalt } from "./latch.ts";
import { isShown } from "./outlived.ts";
import { announcedBy, describeEnd } from "./process-end.ts";
import type { HaltedVerdict, UnrecognisedHaltVerdict, Verdict } from "./verdict.ts";
import { weighSources } from "./weigh-sources.ts";
import { withoutHalt } from "./without-halt.ts";

/**
 * The one judgement of what became of a node. Pure and total: every evidence has a verdict. What is said now outweighs
 * what was said before, an exit code outweighs an intent, and a halt once concluded holds until the node is seen free of
 * it. A doubtful intent still makes a halt where nothing better is known, never a corroborated one. A node that announces
 * nothing may still have halted: see `inferredHalt`.
 *
 * It goes one way: the evidence's facts, what the status claims, the case for one halt, what else speaks for or against it,
 * the verdict.
 *
 * @example
 * ```ts
 * import { classify, evidenceFromExitCode } from "@upgrade-halt/consumer";
 *
 * const verdict = classify(evidenceFromExitCode(70));
 * if (verdict.kind === "halted") console.log(verdict.corroborated); // false: an exit code alone is one source
 * ```
 */
export function classify(evidence: Evidence): Verdict {
  const facts = factsOf(evidence);
  const verdict = judge(facts, claimOfStatus(facts));
  const { seen } = facts;
  return verdict.kind === "halted" && seen !== undefined ? { ...verdict, seen } : verdict;
}

function judge(facts: Facts, intent: IntentClaim): Verdict {
  return (
    haltByExit(facts, intent) ??
    haltByIntent(facts, intent, false) ??
    haltBefore(facts, intent) ??
    haltByIntent(facts, intent, true) ??
    inferredHalt(facts, intent) ??
    withoutHalt(facts, intent)
  );
}

function haltByExit(facts: Facts, intent: IntentClaim): Verdict | undefined {
  const { latest } = facts;
  if (latest === undefined || latest.end.kind !== "exited") return undefined;
  const meaning = announcedBy(latest.end);
  if (meaning.kind === "reserved") {
    const { code } = latest.end;
    return unrecognised({ range: meaning.range, code }, `exited with ${code}`, againstReserved(intent));
  }
  if (meaning.kind === "outside" || meaning.reason === ShutdownReason.Unknown) return undefined;
  const { reason } = meaning;
  const halt = weighIntent(supported(caseOf({ reason }), "exit-code", { reason }), intent);
  const replaced = replacedSince(latest, intent);
  return verdictOf(replaced === undefined ? halt : disputed(halt, replaced), facts, "");
}

function haltByIntent(facts: Facts, intent: IntentClaim, doubtful: boolean): Verdict | undefined {
  if (intent.kind === "unreadable" && doubtful) {
    return unrecognised({ range: "unreadable" }, UNREADABLE, []);
  }
  if (intent.kind !== "halt" && intent.kind !== "unrecognised") return undefined;
  if (intent.doubts.length > 0 !== doubtful) return undefined;
  const { latest } = facts;
  const after = latest === undefined ? "" : `; since then it ${describeEnd(latest.end)}`;
  if (intent.kind === "unrecognised") {
    return unrecognised(intent, `announced the reason ${intent.code}`, intent.doubts, after);
  }
  const halt = weighEarlierEnd(weighIntent(caseOf(intent), intent), facts);
  return doubtful ? concluded(halt, after) : verdictOf(halt, facts, after);
}

function haltBefore(facts: Facts, intent: IntentClaim): Verdict | undefined {
  const latched = latchedHalt(facts, intent);
  if (latched === undefined || isFollowedByAnother(latched, facts, intent)) return undefined;
  if (latched.kind === "unrecognised") {
    const { code, since } = latched;
    const doubts = intent.kind === "halt" ? intent.doubts : [];
    return unrecognised(latched, code === undefined ? UNREADABLE : `halted with ${code}`, doubts, since);
  }
  const weighed = weighIntent(latched.halt, intent);
  // What answers keeps the halt where it may stand at it, or where it is doubtful, and is no leave to change a node that runs.
  const answers = facts.running !== undefined && (intent.kind === "healthy" || intent.kind === "unavailable");
  const against = answers ? ANSWERS : replacedSince(facts.latest, intent);
  const doubts = intent.kind === "healthy" ? intent.doubts.map(asSentence) : [];
  const halt = against === undefined ? weighed : disputed(weighed, [against, ...doubts]);
  const whole = weighSources(halt, facts);
  const verdict = concluded(whole, latched.since);
  // What was inferred before is inferred anew where the evidence still allows it: the list may be another by now.
  const anew = verdict.inferred ? inferredHalt(facts, intent) : undefined;
  if (anew !== undefined) return anew;
  const isStill = whole.latched?.notShown !== true && isShown(verdict, facts);
  return isStill ? verdict : { ...verdict, notShown: true };
}

/**
 * Whether what runs now says, doubtful as it is, that it halted otherwise than the instance before it, and nobody believes that one's
 * halt any more: a journal of that which is over would hide the new one.
 */
function isFollowedByAnother(latched: Latched, facts: Facts, intent: IntentClaim): boolean {
  if (facts.running === undefined || believedHalt(facts, intent) !== undefined) return false;
  return latched.kind === "halted" && intent.kind === "halt" && !agrees(latched.halt, intent);
}

/** An intent with doubts is only mentioned; one without them supports the case or disputes it. */
function weighIntent(halt: HaltCase, intent: IntentClaim): HaltCase {
  switch (intent.kind) {
    case "unreadable":
      return noted(halt, "Its status carries a halt that cannot be read.");
    case "unrecognised":
      return disputed(halt, `Its status announced the unknown reason ${intent.code}.`);
    case "halt":
      if (intent.doubts.length > 0) return noted(halt, intent.doubts.map(asSentence));
      return agrees(halt, intent)
        ? supported(halt, "live-intent", intent)
        : disputed(halt, `Its status announced ${describeClaim(intent)}.`);
    case "none":
    case "healthy":
    case "unavailable":
      return halt;
  }
}

/** A stay-alive node that was restarted says again what its last exit code said. */
function weighEarlierEnd(halt: HaltCase, { earlier }: Facts): HaltCase {
  const meaning = announcedBy(earlier?.end ?? { kind: "unrecorded" });
  const isSame = meaning.kind === "reason" && meaning.reason === halt.reason;
  return isSame ? supported(halt, "exit-code", { reason: halt.reason }) : halt;
}

function verdictOf(halt: HaltCase, facts: Facts, since: string): HaltedVerdict {
  return concluded(weighSources(halt, facts), since);
}

function againstReserved(intent: IntentClaim): string[] {
  return intent.kind === "halt" ? [`its status announced ${describeClaim(intent)}`] : [];
}

const ANSWERS = "Its process runs and answers, and announces no halt.";
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
