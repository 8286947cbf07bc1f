import { ShutdownReason } from "@upgrade-halt/contract";
import { describeClaim, type HaltCase } from "./case.ts";
import type { Evidence, ListedPlan } from "./evidence.ts";
import { earlierEnd, latestEnd } from "./process-end.ts";

/**
 * How far below a plan's height a node may have been seen last and still have halted at it: readings are up to
 * 10 s old, and Sei's blocks take about 400 ms.
 */
const REACH_BLOCKS = 25;

/** Lets every source beside the exit code and the intent speak for or against a case. */
export function corroborate(halt: HaltCase, evidence: Evidence): void {
  weighPlanLines(halt, evidence);
  weighBelief(halt, evidence);
  weighUpgradeInfo(halt, evidence);
  weighLastHeight(halt, evidence);
  weighListed(halt, evidence);
}

function weighPlanLines(halt: HaltCase, evidence: Evidence): void {
  const running = evidence.process?.kind === "running" ? evidence.process : undefined;
  const seen = evidence.lastSeen?.height ?? 0;
  for (const source of [running, latestEnd(evidence), earlierEnd(evidence)]) {
    const line = source?.planLine;
    if (line === undefined) continue;
    if (line.reason === ShutdownReason.UpgradeRequired && line.height !== undefined && line.height < seen) {
      halt.contradictions.push(
        `A log line is of ${describeClaim(line)}, and the node was seen past that at ${seen}.`,
      );
    } else if (halt.agrees(line)) {
      halt.support("plan-line", line);
    } else {
      halt.dispute(`A log line says ${describeClaim(line)}.`);
    }
  }
}

/** What the node itself says now comes first: a belief only adds to it, and never disputes it. */
function weighBelief(halt: HaltCase, { believed }: Evidence): void {
  if (believed === undefined) return;
  if (halt.agrees(believed)) halt.latch(believed);
  else halt.contradictions.push(`It was believed to have halted for ${describeClaim(believed)}.`);
}

/** The file outlives its upgrade: only one that is provably of this halt counts. */
function weighUpgradeInfo(halt: HaltCase, evidence: Evidence): void {
  const { upgradeInfo, lastSeen } = evidence;
  if (upgradeInfo === undefined || halt.reason !== ShutdownReason.UpgradeRequired) return;
  const startedAt = latestEnd(evidence)?.startedAt ?? startOfRunning(evidence) ?? lastSeen?.processStartedAt;
  const writtenNow =
    startedAt !== undefined && upgradeInfo.modifiedAt !== undefined && upgradeInfo.modifiedAt >= startedAt;
  const notPassed =
    lastSeen?.height !== undefined &&
    upgradeInfo.height !== undefined &&
    upgradeInfo.height >= lastSeen.height;
  if (!writtenNow && !notPassed) return;
  const claim = { reason: halt.reason, plan: upgradeInfo.name };
  if (halt.agrees(claim)) halt.support("upgrade-info", claim);
  else halt.dispute(`The file upgrade-info.json says ${describeClaim(claim)}.`);
}

function startOfRunning({ process }: Evidence): number | undefined {
  return process?.kind === "running" ? process.startedAt : undefined;
}

/** A status and a listed height come from two parties; a status and an intent do not. */
function weighLastHeight(halt: HaltCase, { lastSeen, listed }: Evidence): void {
  const seen = lastSeen?.height;
  if (seen === undefined || halt.reason !== ShutdownReason.UpgradeRequired || !halt.has("exit-code")) return;
  const within = (height: number | undefined) =>
    height !== undefined && seen <= height && seen >= height - REACH_BLOCKS;
  if (halt.height !== undefined) {
    if (within(halt.height)) halt.support("last-height", { reason: halt.reason });
    return;
  }
  const near = (listed ?? []).filter(
    ({ height, planName }) => within(height) && (halt.plan ?? planName) === planName,
  );
  const [plan] = near;
  if (plan !== undefined && near.length === 1) halt.support("last-height", claimOfListed(halt, plan));
}

function weighListed(halt: HaltCase, { listed }: Evidence): void {
  if (halt.plan === undefined) return;
  for (const plan of listed ?? []) {
    if (plan.planName !== halt.plan) continue;
    const claim = claimOfListed(halt, plan);
    if (halt.agrees(claim)) halt.support("listed-plan", claim);
    else halt.dispute(`The plan is listed for height ${plan.height}, and the node said ${halt.height}.`);
  }
}

function claimOfListed({ reason }: HaltCase, { planName, height }: ListedPlan) {
  return { reason, plan: planName, height };
}
