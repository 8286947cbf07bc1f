import { parseExitCode, ShutdownReason } from "@upgrade-halt/contract";
import type { AnsweredStatus, EndedProcess, Evidence, HaltSource, ListedPlan } from "../evidence.ts";
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
  if (verdict.inferred) return !isProvenUnannounced(verdict, evidence);
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

/** Section 5: no word of the log or of a belief counts, only the list, the chain and the height that was read. */
function isProvenUnannounced(verdict: HaltedVerdict, evidence: Evidence): boolean {
  const { plan, height } = verdict;
  const { chainId, listed = [], lastSeen, status, upgradeInfo } = evidence;
  const named = listed.filter((one) => one.planName === plan);
  const isOnlyListed = named.length > 0 && named.every((one) => one.height === height);
  const told = status?.kind === "answered" ? status.node.chainId : undefined;
  const isOnChain = chainId !== undefined && (told ?? lastSeen?.chainId) === chainId;
  const seen = heightOf(evidence);
  const isThere = height !== undefined && (seen === height || seen === height - 1);
  const isWritten = upgradeInfo?.name === plan && upgradeInfo?.height === height && isOfThisRun(evidence);
  return (
    verdict.reason === ShutdownReason.UpgradeRequired && isOnlyListed && isOnChain && (isThere || isWritten)
  );
}

/** A verdict that infers a halt where section 5 would not. */
export function falselyInferred(verdict: Verdict, evidence: Evidence): boolean {
  if (verdict.kind !== "halted" || !verdict.inferred) return false;
  const { believed, process, previous, status, heightStillSince, standstillMs = 30_000 } = evidence;
  if (believed?.kind === "halted" && believed.inferred) return false;
  const instance = process?.kind === "waiting" || process === undefined ? previous : process;
  const line = instance?.planLines?.find(
    (one) => one.reason === verdict.reason && one.plan === verdict.plan && one.height === verdict.height,
  );
  if (line === undefined || instance?.planLines?.length !== 1 || isOver(line, evidence)) return true;
  const stands =
    status?.kind === "answered" &&
    heightStillSince !== undefined &&
    status.at - Math.max(heightStillSince, instance.startedAt ?? 0) >= standstillMs;
  if (instance.kind !== "ended" && !stands) return true;
  if (line.reason !== ShutdownReason.UpgradeRequired)
    return !(line.ending && instance.kind === "ended" && ENDS_OF_ITS_OWN.has(endOf(instance)));
  const seen = heightOf(evidence);
  const { upgradeInfo } = evidence;
  const isWritten =
    upgradeInfo?.name === line.plan && upgradeInfo?.height === line.height && isOfThisRun(evidence);
  return line.height === undefined || !(seen === line.height || seen === line.height - 1 || isWritten);
}

const ENDS_OF_ITS_OWN: ReadonlySet<unknown> = new Set([1, 2, 134, "SIGABRT"]);

function endOf({ end }: EndedProcess): unknown {
  return end.kind === "exited" ? end.code : end.kind === "signalled" ? end.signal : undefined;
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

function sameChain({ lastSeen, chainId }: Evidence, { node }: AnsweredStatus): boolean {
  return isSame(lastSeen?.chainId ?? chainId, node.chainId);
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
