import { ShutdownReason } from "@upgrade-halt/contract";
import { describeClaim, type HaltCase } from "./case.ts";
import type { Evidence, ListedPlan } from "./evidence.ts";
import { isLongRun } from "./outlived.ts";
import { earlierEnd, latestEnd } from "./process-end.ts";
import { heightNow, heightSeen, isPast, isWithinReach } from "./seen.ts";
import { whyNotOfThisHalt } from "./upgrade-info.ts";

/** Lets every source beside the exit code and the intent speak for or against a case. */
export function corroborate(halt: HaltCase, evidence: Evidence): void {
  weighPlanLines(halt, evidence);
  weighBelief(halt, evidence);
  weighUpgradeInfo(halt, evidence);
  weighLastHeight(halt, evidence);
  weighListed(halt, evidence);
  weighReach(halt, evidence);
}

function weighPlanLines(halt: HaltCase, evidence: Evidence): void {
  const running = evidence.process?.kind === "running" ? evidence.process : undefined;
  const seen = heightSeen(evidence);
  const latest = latestEnd(evidence);
  // After a whole run the instance before has nothing to say of how this one ended.
  const earlier = latest !== undefined && isLongRun(latest) ? undefined : earlierEnd(evidence);
  for (const source of [running, latest, earlier]) {
    for (const line of source?.planLines ?? []) {
      if (line.unsure) continue;
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

/** The file outlives its upgrade, and other tools write it too: only one that this very halt wrote counts. */
function weighUpgradeInfo(halt: HaltCase, evidence: Evidence): void {
  const { upgradeInfo } = evidence;
  if (upgradeInfo === undefined || halt.reason !== ShutdownReason.UpgradeRequired) return;
  const { name: plan, height } = upgradeInfo;
  const seen = heightSeen(evidence);
  if ((height ?? Number.POSITIVE_INFINITY) < Math.max(halt.height ?? 0, seen)) return;
  if (height !== undefined && seen > 0 && !isWithinReach(seen, height))
    return void halt.contradictions.push(
      `The file upgrade-info.json is of height ${height}, the node was at ${seen}.`,
    );
  const problem = whyNotOfThisHalt(upgradeInfo, evidence);
  if (problem !== undefined) return void halt.contradictions.push(...problem);
  const claim = { reason: halt.reason, plan, height };
  if (halt.agrees(claim)) halt.support("upgrade-info", claim);
  else halt.dispute(`The file upgrade-info.json says ${describeClaim(claim)}.`);
}

/** A status and a listed height come from two parties; a status and an intent do not. */
function weighLastHeight(halt: HaltCase, evidence: Evidence): void {
  const seen = heightNow(evidence);
  if (seen === 0 || halt.reason !== ShutdownReason.UpgradeRequired || !halt.has("exit-code")) return;
  const near = (evidence.listed ?? []).filter(
    (plan) => isWithinReach(seen, plan.height) && halt.agrees(claimOfListed(halt, plan)),
  );
  const [plan] = near;
  const isOne = near.every(({ planName, height }) => planName === plan?.planName && height === plan.height);
  if (plan !== undefined && isOne) halt.support("last-height", { reason: halt.reason, plan: plan.planName });
  else if (isWithinReach(seen, halt.height)) halt.support("last-height", { reason: halt.reason });
}

/** A list binds by its height, and lends none: the height of a halt is the node's own to say. */
function weighListed(halt: HaltCase, evidence: Evidence): void {
  const { listed = [] } = evidence;
  if (halt.plan === undefined) return;
  const seen = heightSeen(evidence);
  for (const plan of listed.filter(({ planName }) => planName === halt.plan)) {
    if (!halt.agrees(claimOfListed(halt, plan)))
      halt.dispute(`The plan is listed for height ${plan.height}, and the node said ${halt.height}.`);
    else if (isBound(halt, plan, heightNow(evidence)))
      halt.support("listed-plan", { reason: halt.reason, plan: halt.plan });
    else if (seen > 0)
      halt.dispute(`The plan is listed for height ${plan.height}, and the node was seen at ${seen}.`);
  }
  if (halt.reason !== ShutdownReason.UpgradeRequired) return;
  const at = halt.height ?? listed.find(({ planName }) => planName === halt.plan)?.height;
  for (const plan of listed.filter(
    ({ planName, height }) => planName !== halt.plan && height !== undefined && height === at,
  )) {
    halt.contradictions.push(`For that height ${describeClaim(claimOfListed(halt, plan))} is listed.`);
  }
}

/** Whether a listed plan is for this halt: by the height that the node said, or else by the one that it was seen at. */
function isBound({ reason, height }: HaltCase, plan: ListedPlan, seen: number): boolean {
  if (reason !== ShutdownReason.UpgradeRequired || plan.height === undefined || height !== undefined)
    return true;
  return isWithinReach(seen, plan.height);
}

/** An upgrade stops a node at its height: one that was seen far below has not come to it. */
function weighReach(halt: HaltCase, evidence: Evidence): void {
  const seen = heightSeen(evidence);
  if (halt.reason !== ShutdownReason.UpgradeRequired || halt.height === undefined || seen === 0) return;
  if (!isWithinReach(seen, halt.height))
    halt.dispute(`It is a halt of height ${halt.height}, and the node was seen at ${seen}.`);
}

function claimOfListed({ reason }: HaltCase, { planName, height }: ListedPlan) {
  return { reason, plan: planName, height };
}
