import { ShutdownReason } from "@upgrade-halt/contract";
import { describeClaim, type HaltCase } from "./case.ts";
import type { Evidence, ListedPlan } from "./evidence.ts";
import { earlierEnd, latestEnd } from "./process-end.ts";
import { heightSeen, isPast, REACH_BLOCKS, startOfProcess } from "./seen.ts";

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
  const seen = heightSeen(evidence);
  for (const source of [running, latestEnd(evidence), earlierEnd(evidence)]) {
    for (const line of source?.planLines ?? []) {
      if (isPast(line, seen)) {
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
}

/** What the node itself says now comes first: a belief only adds to it, and never disputes it. */
function weighBelief(halt: HaltCase, evidence: Evidence): void {
  const { believed } = evidence;
  if (believed?.kind !== "halted" || isPast(believed, heightSeen(evidence))) return;
  if (halt.agrees(believed)) halt.latch(believed);
  else halt.contradictions.push(`It was believed to have halted for ${describeClaim(believed)}.`);
}

/** The file outlives its upgrade, and is written at its height or past it: only one that is of this halt counts. */
function weighUpgradeInfo(halt: HaltCase, evidence: Evidence): void {
  const { upgradeInfo } = evidence;
  if (upgradeInfo === undefined || halt.reason !== ShutdownReason.UpgradeRequired) return;
  const startedAt = latestEnd(evidence)?.startedAt ?? startOfProcess(evidence);
  const seen = heightSeen(evidence);
  const writtenNow =
    startedAt !== undefined && upgradeInfo.modifiedAt !== undefined && upgradeInfo.modifiedAt >= startedAt;
  const notPassed = seen > 0 && upgradeInfo.height !== undefined && upgradeInfo.height >= seen;
  const isEarlier = (upgradeInfo.height ?? Number.POSITIVE_INFINITY) < (halt.height ?? 0);
  if (isEarlier || (!writtenNow && !notPassed)) return;
  const claim = { reason: halt.reason, plan: upgradeInfo.name };
  if (halt.agrees(claim)) halt.support("upgrade-info", claim);
  else halt.dispute(`The file upgrade-info.json says ${describeClaim(claim)}.`);
}

/** A status and a listed height come from two parties; a status and an intent do not. */
function weighLastHeight(halt: HaltCase, evidence: Evidence): void {
  const seen = heightSeen(evidence);
  if (seen === 0 || halt.reason !== ShutdownReason.UpgradeRequired || !halt.has("exit-code")) return;
  const within = (height: number | undefined) =>
    height !== undefined && seen <= height && seen >= height - REACH_BLOCKS;
  const near = (evidence.listed ?? []).filter(
    (plan) => within(plan.height) && halt.agrees(claimOfListed(halt, plan)),
  );
  const [plan] = near;
  const isOne = near.every(({ planName, height }) => planName === plan?.planName && height === plan.height);
  if (plan !== undefined && isOne) halt.support("last-height", claimOfListed(halt, plan));
  else if (within(halt.height)) halt.support("last-height", { reason: halt.reason });
}

function weighListed(halt: HaltCase, { listed = [] }: Evidence): void {
  if (halt.plan === undefined) return;
  for (const plan of listed.filter(({ planName }) => planName === halt.plan)) {
    const claim = claimOfListed(halt, plan);
    if (halt.agrees(claim)) halt.support("listed-plan", claim);
    else halt.dispute(`The plan is listed for height ${plan.height}, and the node said ${halt.height}.`);
  }
  if (halt.reason !== ShutdownReason.UpgradeRequired || halt.height === undefined) return;
  for (const plan of listed.filter(
    ({ planName, height }) => planName !== halt.plan && height === halt.height,
  )) {
    halt.contradictions.push(`For that height ${describeClaim(claimOfListed(halt, plan))} is listed.`);
  }
}

function claimOfListed({ reason }: HaltCase, { planName, height }: ListedPlan) {
  return { reason, plan: planName, height };
}
