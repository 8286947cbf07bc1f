import { parseExitCode, ShutdownReason } from "@upgrade-halt/contract";
import type { Evidence } from "../evidence.ts";
import type { HaltedVerdict, Verdict } from "../verdict.ts";

/**
 * A second opinion on "corroborated", written from the contract and not from the code: the sources that could speak for
 * this very halt, counted generously. A verdict that claims two where this finds fewer has made one up.
 */
export function falselyCorroborated(verdict: Verdict, evidence: Evidence): boolean {
  if (verdict.kind !== "halted" || !verdict.corroborated || evidence.believed !== undefined) return false;
  const witnesses = [
    hasIntent(verdict, evidence),
    hasExitCode(verdict, evidence),
    hasLine(verdict, evidence),
    evidence.listed?.some(({ planName }) => planName === verdict.plan) === true,
    evidence.upgradeInfo?.name === verdict.plan && verdict.reason === ShutdownReason.UpgradeRequired,
    evidence.lastSeen?.height !== undefined && verdict.reason === ShutdownReason.UpgradeRequired,
  ].filter(Boolean).length;
  const announced = hasIntent(verdict, evidence) || hasExitCode(verdict, evidence);
  return !announced || witnesses < 2;
}

function hasIntent({ reason }: HaltedVerdict, { status, lastSeen, process }: Evidence): boolean {
  if (status?.kind !== "answered" || status.node.haltIntent.kind !== "intent") return false;
  const { intent, defects } = status.node.haltIntent;
  const { chainId } = status.node;
  const otherChain = chainId !== undefined && lastSeen?.chainId !== undefined && chainId !== lastSeen.chainId;
  const startedAt = process?.kind === "running" ? process.startedAt : undefined;
  const older = startedAt !== undefined && status.at < startedAt;
  const passed =
    reason === ShutdownReason.UpgradeRequired && (lastSeen?.height ?? 0) > (intent.height ?? Infinity);
  return intent.reason === reason && defects.length === 0 && !otherChain && !older && !passed;
}

function hasExitCode({ reason }: HaltedVerdict, { process, previous }: Evidence): boolean {
  return [process, previous].some((end) => {
    if (end?.kind !== "ended" || end.end.kind !== "exited") return false;
    const meaning = parseExitCode(end.end.code);
    return meaning.kind === "reason" && meaning.reason === reason;
  });
}

function hasLine({ reason }: HaltedVerdict, { process, previous }: Evidence): boolean {
  return [process, previous].some(
    (of) => of !== undefined && "planLine" in of && of.planLine?.reason === reason,
  );
}
