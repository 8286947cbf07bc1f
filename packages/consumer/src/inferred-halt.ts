import { ShutdownReason } from "@upgrade-halt/contract";
import type { EndedProcess, HaltSource } from "./evidence.ts";
import type { Facts } from "./facts.ts";
import { describeClaim } from "./halt-case.ts";
import { type IntentClaim, replacedSince } from "./intent-claim.ts";
import type { PlanLine } from "./log/find-plan-lines.ts";
import { describeEnd } from "./process-end.ts";
import { INFERRED_REACH_BLOCKS, isPast, isWithinReach } from "./seen.ts";
import { STANDSTILL_MS } from "./standstill.ts";
import { whyNotOfThisHalt } from "./upgrade-info-origin.ts";
import type { HaltedVerdict } from "./verdict.ts";

/**
 * The halt of a node that never heard of the contract, where enough speaks for it: the halt line of this very instance, how
 * the instance ended or that it stands still, and for an upgrade that its height was reached. All of it was meant for
 * somebody else, so it is corroborated by less than an announced halt is: see `corroboration`.
 */
export function inferredHalt(facts: Facts, intent: IntentClaim): HaltedVerdict | undefined {
  const { latest } = facts;
  const line = onlyLine(facts);
  const stop = line === undefined ? undefined : howItStopped(facts, intent);
  if (line === undefined || stop === undefined) return undefined;
  if (line.reason !== ShutdownReason.UpgradeRequired) {
    if (line.ending !== true || !endedByItself(latest)) return undefined;
    return conclude(line, stop, [], contradictionsOf(line, latest, intent));
  }
  const reached = reachedBy(line, facts);
  if (reached.length === 0) return undefined;
  const isReplaced = replacedSince(latest, intent) !== undefined;
  const proofs = isReplaced || isOfAnother(line, facts) ? [] : corroboration(line, reached, facts);
  const verdict = conclude(line, stop, proofs, contradictionsOf(line, latest, intent));
  return isReplaced ? { ...verdict, disputed: true } : verdict;
}

/** What this instance's log says, or is likely to say. A node that was seen past it has left it behind. */
function onlyLine(facts: Facts): PlanLine | undefined {
  const lines = (facts.running ?? facts.latest)?.planLines ?? [];
  const isUnsure = lines.some(({ unsure }) => unsure);
  if (!isUnsure && lines.length !== 1) return undefined;
  const left = lines.filter((line) => !isPast(line, facts.heightSeen));
  const unsureFirst = [...left.filter(({ unsure }) => unsure), ...left];
  // Where any may be another text, one whose height was reached is told: the others could hide it.
  const line = unsureFirst.find((one) => reachedBy(one, facts).length > 0) ?? unsureFirst[0];
  if (line === undefined) return undefined;
  return isUnsure || isOfAnother(line, facts) ? { ...line, unsure: true } : line;
}

/**
 * A process that runs has neither panicked nor failed, and one that ended by its halt by nothing else: the line is of one before
 * it, unless a plan's info made it look so.
 */
function isOfAnother({ ending, outlived, replaced }: PlanLine, { running }: Facts): boolean {
  return replaced === true || (running !== undefined && (ending === true || outlived === true));
}

/** In words: how the instance ended, or for how long it has stood still. `undefined` where it goes on. */
function howItStopped({ evidence, running, latest, answer }: Facts, intent: IntentClaim): string | undefined {
  if (latest !== undefined) return describeEnd(latest.end);
  const { heightStillSince, standstillMs = STANDSTILL_MS } = evidence;
  if (running === undefined || answer === undefined || heightStillSince === undefined) return undefined;
  const isFresh = intent.kind === "unavailable" || (intent.kind === "healthy" && intent.doubts.length === 0);
  // What stood still before this process began was another.
  const still = answer.at - Math.max(heightStillSince, running.startedAt ?? 0);
  return isFresh && still >= standstillMs ? `has stood still for ${Math.floor(still / 1_000)} s` : undefined;
}

/**
 * A Go panic is exit 2, and SIGABRT with `GOTRACEBACK=crash`; an error that a program or its wrapper ends with is 1. A signal is
 * 128 and its number to a shell.
 */
function endedByItself(latest: EndedProcess | undefined): boolean {
  const { end } = latest ?? {};
  if (end?.kind === "signalled") return end.signal === "SIGABRT";
  return end?.kind === "exited" && (end.code === 1 || end.code === 2 || end.code === 134);
}

/** What shows that the node came to the line's height: where it was seen, or the file that this instance wrote. */
function reachedBy(line: PlanLine, facts: Facts): HaltSource[] {
  const { upgradeInfo } = facts.evidence;
  const { plan, height } = line;
  if (height === undefined) return [];
  const seen = facts.heightSeen;
  const isWritten =
    upgradeInfo?.name === plan &&
    upgradeInfo.height === height &&
    (seen === 0 || isWithinReach(seen, height)) &&
    whyNotOfThisHalt(upgradeInfo, facts) === undefined;
  return [
    ...(isWithinReach(facts.heightNow, height, INFERRED_REACH_BLOCKS) ? (["last-height"] as const) : []),
    ...(isWritten ? (["upgrade-info"] as const) : []),
  ];
}

/**
 * What the node's log cannot forge, all of it or nothing: the plan is listed with this name and height, for the chain
 * that the node was seen on, and its height was reached. A line that could be read in another way needs the file, too.
 */
function corroboration(
  { plan, height, unsure }: PlanLine,
  reached: readonly HaltSource[],
  { evidence, seen }: Facts,
): HaltSource[] {
  const { chainId, listed = [] } = evidence;
  const ofPlan = listed.filter(({ planName }) => planName === plan);
  const isListed = ofPlan.length > 0 && ofPlan.every((one) => one.height === height);
  const isOfChain = chainId !== undefined && seen?.chainId === chainId;
  const isRead = unsure !== true || reached.includes("upgrade-info");
  return isListed && isOfChain && isRead ? ["listed-plan", ...reached] : [];
}

const UNSURE =
  "Its log can be read in more than one way: several wrote it, or the plan's info holds a text like it.";
const REPLACED =
  "After its halt line something else was said of an end: the line may be of a process before the one that ended last.";

function contradictionsOf(
  { unsure, replaced: isReplaced }: PlanLine,
  latest: EndedProcess | undefined,
  intent: IntentClaim,
): string[] {
  const replaced = replacedSince(latest, intent);
  return [
    ...(isReplaced ? [REPLACED] : unsure ? [UNSURE] : []),
    ...(intent.kind === "unavailable" ? ["Its status could not say whether it halted."] : []),
    ...(replaced === undefined ? [] : [replaced]),
  ];
}

function conclude(
  { reason, plan, height }: PlanLine,
  stop: string,
  corroborating: readonly HaltSource[],
  contradictions: readonly string[],
): HaltedVerdict {
  const sources: HaltSource[] = ["plan-line", ...corroborating];
  const corroborated = corroborating.length > 0;
  const grounds = corroborated
    ? `${sources.join(", ")} agree`
    : "its log says, which is not enough to act on";
  return {
    kind: "halted",
    reason,
    plan,
    height,
    corroborated,
    inferred: true,
    sources,
    why: `It halted for ${describeClaim({ reason, plan, height })}, as ${grounds}; it ${stop}, and did not announce the halt itself.`,
    contradictions,
  };
}
