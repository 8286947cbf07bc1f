import { parseExitCode, ShutdownReason } from "@upgrade-halt/contract";
import type { AnsweredStatus, Evidence, HaltSource, ListedPlan } from "../evidence.ts";
import type { HaltedVerdict, Verdict } from "../verdict.ts";

/**
 * A second opinion on "corroborated", written from the contract and not from the code: who speaks for this very halt,
 * and who against it. A verdict that claims two where this finds fewer, or that passes over a dispute, has made one up.
 */
export function falselyCorroborated(verdict: Verdict, evidence: Evidence): boolean {
  if (verdict.kind !== "halted" || !verdict.corroborated) return false;
  const { believed } = evidence;
  const known = believed?.kind === "halted" && fits(believed, verdict, evidence) ? believed : undefined;
  if (isDisputed(verdict, evidence)) return true;
  if (known?.corroborated) return false;
  const witnesses = witnessesOf(verdict, evidence);
  if (known?.sources.length === 1) witnesses.add(known.sources[0] as HaltSource);
  const announced = (["live-intent", "exit-code", "plan-line"] as const).some((name) => witnesses.has(name));
  return !announced || witnesses.size < 2;
}

function witnessesOf(verdict: HaltedVerdict, evidence: Evidence): Set<HaltSource> {
  const { listed = [], upgradeInfo } = evidence;
  const isUpgrade = verdict.reason === ShutdownReason.UpgradeRequired;
  const isListed = listed.some(
    (one) =>
      one.planName === verdict.plan && isSame(one.height, verdict.height) && binds(one, verdict, evidence),
  );
  const speaks: Record<HaltSource, boolean> = {
    "live-intent": hasIntent(verdict, evidence),
    "exit-code": hasExitCode(verdict, evidence),
    "plan-line": linesOf(evidence).some((line) => fits(line, verdict, evidence)),
    "listed-plan": isListed,
    "last-height": isUpgrade && isNear(verdict, evidence),
    "upgrade-info":
      isUpgrade &&
      upgradeInfo?.name === verdict.plan &&
      isSame(upgradeInfo?.height, verdict.height) &&
      isOfThisRun(evidence) &&
      (upgradeInfo?.height === undefined || !isFarFrom(upgradeInfo.height, evidence)),
  };
  return new Set((Object.keys(speaks) as HaltSource[]).filter((name) => speaks[name]));
}

interface Claim {
  readonly reason: number;
  readonly plan?: string | undefined;
  readonly height?: number | undefined;
}

const isSame = (a: unknown, b: unknown) => a === undefined || b === undefined || a === b;

function fits(claim: Claim, verdict: HaltedVerdict, evidence: Evidence): boolean {
  const same = isSame(claim.plan, verdict.plan) && isSame(claim.height, verdict.height);
  return claim.reason === verdict.reason && same && !isOver(claim, evidence);
}

/** A halt at a height that the node was seen past is over, and so is one that waited for a height that has come. */
function isOver({ reason, height = Infinity }: Claim, evidence: Evidence): boolean {
  const seen = heightOf(evidence);
  if (reason === ShutdownReason.UpgradeRequired) return seen > height;
  return reason === ShutdownReason.BinaryTooNew && seen > 0 && seen >= height;
}

const REACH = 25;

/** Truly seen, and somewhere that a halt at this height cannot come from. */
function isFarFrom(height: number, evidence: Evidence): boolean {
  const seen = heightOf(evidence);
  return seen > 0 && (seen > height || height - seen > REACH);
}

/** For an upgrade whose height the node did not say, a listed height counts only where the node was seen near it. */
function binds({ height }: ListedPlan, verdict: HaltedVerdict, evidence: Evidence): boolean {
  if (verdict.reason !== ShutdownReason.UpgradeRequired || height === undefined) return true;
  return verdict.height === height || (heightOf(evidence) > 0 && !isFarFrom(height, evidence));
}

/** The file was written after the process began whose end or run the evidence tells of. */
function isOfThisRun({ process, previous, lastSeen, upgradeInfo }: Evidence): boolean {
  const now = process?.kind === "waiting" ? undefined : process;
  const ended = now?.kind === "ended" ? now : now === undefined ? previous : undefined;
  const afterPrevious = now === undefined ? undefined : (previous?.endedAt ?? previous?.startedAt);
  const began = ended?.startedAt ?? now?.startedAt ?? afterPrevious ?? lastSeen?.processStartedAt;
  return (
    began !== undefined && upgradeInfo?.modifiedAt !== undefined && upgradeInfo.modifiedAt + 1_000 >= began
  );
}

function isDisputed(verdict: HaltedVerdict, evidence: Evidence): boolean {
  const { reason, plan, height } = verdict;
  const isUpgrade = reason === ShutdownReason.UpgradeRequired;
  if (isUpgrade && height !== undefined && isFarFrom(height, evidence)) return true;
  const lines = linesOf(evidence).filter((line) => line.reason === reason && !isOver(line, evidence));
  return (
    lines.some((line) => !fits(line, verdict, evidence)) ||
    (evidence.listed ?? []).some((other) => other.planName === plan && !isSame(other.height, height))
  );
}

function sameChain({ lastSeen }: Evidence, { node }: AnsweredStatus): boolean {
  return isSame(lastSeen?.chainId, node.chainId);
}

function heightOf(evidence: Evidence): number {
  const { lastSeen, status } = evidence;
  const told = status?.kind === "answered" && sameChain(evidence, status) ? (status.node.height ?? 0) : 0;
  return Math.max(lastSeen?.height ?? 0, told);
}

function isNear({ height }: HaltedVerdict, evidence: Evidence): boolean {
  const seen = heightOf(evidence);
  const due = [height, ...(evidence.listed ?? []).map((listed) => listed.height)];
  return seen > 0 && due.some((at) => at !== undefined && seen <= at && at - seen <= 25);
}

function hasIntent(verdict: HaltedVerdict, evidence: Evidence): boolean {
  const { status, process, previous } = evidence;
  if (status?.kind !== "answered" || status.node.haltIntent.kind !== "intent") return false;
  const { intent, defects } = status.node.haltIntent;
  const startedAt = process?.kind === "running" ? (process.startedAt ?? previous?.endedAt) : undefined;
  const claim = { reason: intent.reason, plan: intent.plan_name, height: intent.height };
  const fresh = startedAt === undefined || status.at >= startedAt;
  return defects.length === 0 && fresh && sameChain(evidence, status) && fits(claim, verdict, evidence);
}

function hasExitCode({ reason }: HaltedVerdict, { process, previous }: Evidence): boolean {
  return [process, previous].some((end) => {
    if (end?.kind !== "ended" || end.end.kind !== "exited") return false;
    const meaning = parseExitCode(end.end.code);
    return meaning.kind === "reason" && meaning.reason === reason;
  });
}

function linesOf({ process, previous }: Evidence) {
  return [process, previous].flatMap((of) => (of && "planLines" in of ? (of.planLines ?? []) : []));
}
