import { ShutdownReason } from "@upgrade-halt/contract";
import type { ListedPlan } from "./evidence.ts";
import type { Facts } from "./facts.ts";
import {
  agrees,
  type Claim,
  describeClaim,
  disputed,
  type HaltCase,
  latchedBy,
  noted,
  supported,
} from "./halt-case.ts";
import type { PlanLine } from "./log/find-plan-lines.ts";
import { isLeftBehind, isLongRun } from "./outlived.ts";
import { announces } from "./process-end.ts";
import { isPast, isWithinReach } from "./seen.ts";
import { whyNotOfThisHalt } from "./upgrade-info-origin.ts";

type Weigh = (halt: HaltCase, facts: Facts) => HaltCase;

/** Every source beside the exit code and the intent, in the order in which they speak: each is heard against what the ones before it said. */
const SOURCES: readonly Weigh[] = [
  weighPlanLines,
  weighEarlierLines,
  weighEarlierBinary,
  weighBelief,
  weighUpgradeInfo,
  weighLastHeight,
  weighListed,
  weighReach,
];

/** The case once every source beside the exit code and the intent has spoken for or against it. */
export function weighSources(halt: HaltCase, facts: Facts): HaltCase {
  return SOURCES.reduce((weighed, weigh) => weigh(weighed, facts), halt);
}

function weighPlanLines(halt: HaltCase, { running, latest, heightSeen }: Facts): HaltCase {
  return [running, latest]
    .flatMap(sureLines)
    .reduce((weighed, line) => weighPlanLine(weighed, line, heightSeen), halt);
}

function weighEarlierLines(halt: HaltCase, { latest, earlier, heightSeen }: Facts): HaltCase {
  // After a whole run the instance before has nothing to say of how this one ended.
  if (earlier === undefined || (latest !== undefined && isLongRun(latest))) return halt;
  const isOfThisHalt = announces(earlier, halt.reason);
  return sureLines(earlier).reduce(
    (weighed, line) =>
      isOfThisHalt || line.reason === halt.reason
        ? weighPlanLine(weighed, line, heightSeen)
        : noted(weighed, `An instance before it halted for ${describeClaim(line)}.`),
    halt,
  );
}

function sureLines(process: { readonly planLines?: readonly PlanLine[] | undefined } | undefined) {
  return (process?.planLines ?? []).filter(({ unsure, replaced }) => !unsure && !replaced);
}

/**
 * A binary that is too new is taken back to the one before. Where that one halted for an upgrade, it may have been applied since, and
 * one that was a downgrade is too old already: it can't run on what an upgrade made of the chain's data.
 */
function weighEarlierBinary(halt: HaltCase, { earlier }: Facts): HaltCase {
  if (halt.reason !== ShutdownReason.BinaryTooNew || earlier === undefined) return halt;
  const isTooOld = [ShutdownReason.UpgradeRequired, ShutdownReason.DowngradeDetected].some(
    (reason) => announces(earlier, reason) || sureLines(earlier).some((line) => line.reason === reason),
  );
  return isTooOld
    ? disputed(halt, "What ran before it halted for an upgrade or a downgrade, and may be too old by now.")
    : halt;
}

function weighPlanLine(halt: HaltCase, line: PlanLine, seen: number): HaltCase {
  if (isPast(line, seen))
    return noted(
      halt,
      `A log line is of ${describeClaim(line)}, and the node was seen past that at ${seen}.`,
    );
  return agrees(halt, line)
    ? supported(halt, "plan-line", line)
    : disputed(halt, `A log line says ${describeClaim(line)}.`);
}

/** What the node itself says now comes first: a belief only adds to it, and never disputes it. */
function weighBelief(halt: HaltCase, facts: Facts): HaltCase {
  const { believed } = facts.evidence;
  if (believed?.kind !== "halted" || isPast(believed, facts.heightSeen)) return halt;
  if (isLeftBehind(believed, facts))
    return noted(halt, `An instance before it halted for ${describeClaim(believed)}.`);
  return agrees(halt, believed)
    ? latchedBy(halt, believed)
    : noted(halt, `It was believed to have halted for ${describeClaim(believed)}.`);
}

/** The file outlives its upgrade, and other tools write it too: only one that this very halt wrote counts. */
function weighUpgradeInfo(halt: HaltCase, facts: Facts): HaltCase {
  const { upgradeInfo } = facts.evidence;
  if (upgradeInfo === undefined || halt.reason !== ShutdownReason.UpgradeRequired) return halt;
  const { name: plan, height } = upgradeInfo;
  const seen = facts.heightSeen;
  if ((height ?? Number.POSITIVE_INFINITY) < Math.max(halt.height ?? 0, seen)) return halt;
  if (height !== undefined && seen > 0 && !isWithinReach(seen, height))
    return noted(halt, `The file upgrade-info.json is of height ${height}, the node was at ${seen}.`);
  const problem = whyNotOfThisHalt(upgradeInfo, facts);
  if (problem !== undefined) return noted(halt, problem);
  const claim = { reason: halt.reason, plan, height };
  return agrees(halt, claim)
    ? supported(halt, "upgrade-info", claim)
    : disputed(halt, `The file upgrade-info.json says ${describeClaim(claim)}.`);
}

/** A status and a listed height come from two parties; a status and an intent do not. Which plan it is, the node says alone. */
function weighLastHeight(halt: HaltCase, { evidence, heightNow }: Facts): HaltCase {
  if (heightNow === 0 || halt.reason !== ShutdownReason.UpgradeRequired) return halt;
  if (!halt.sources.includes("exit-code")) return halt;
  const near = (evidence.listed ?? []).filter(
    (plan) => isWithinReach(heightNow, plan.height) && agrees(halt, claimOfListed(halt, plan)),
  );
  const [plan] = near;
  const isOne = near.every(({ planName, height }) => planName === plan?.planName && height === plan.height);
  if (plan !== undefined && isOne) return supported(halt, "last-height", { reason: halt.reason });
  return isWithinReach(heightNow, halt.height) ? supported(halt, "last-height", halt) : halt;
}

/** A list binds by its height, and lends neither name nor height: what a halt is for is the node's own to say. */
function weighListed(halt: HaltCase, facts: Facts): HaltCase {
  const { listed = [] } = facts.evidence;
  const { plan, reason } = halt;
  if (plan === undefined) return halt;
  const ofPlan = listed.filter(({ planName }) => planName === plan);
  const weighed = ofPlan.reduce((one, listing) => weighListing(one, listing, facts), halt);
  if (reason !== ShutdownReason.UpgradeRequired) return weighed;
  const at = halt.height ?? ofPlan[0]?.height;
  const others = listed.filter(
    ({ planName, height }) => planName !== plan && height !== undefined && height === at,
  );
  return noted(
    weighed,
    others.map((other) => `For that height ${describeClaim(claimOfListed(halt, other))} is listed.`),
  );
}

function weighListing(halt: HaltCase, listing: ListedPlan, { heightNow, heightSeen }: Facts): HaltCase {
  const listedFor = `The plan is listed for height ${listing.height}, and the node`;
  if (!agrees(halt, claimOfListed(halt, listing))) return disputed(halt, `${listedFor} said ${halt.height}.`);
  // Its height has come: the upgrade was applied, or is another one than the list means.
  if (halt.reason === ShutdownReason.BinaryTooNew && isPast(claimOfListed(halt, listing), heightSeen))
    return disputed(halt, `${listedFor} was seen at ${heightSeen}.`);
  if (isBound(halt, listing, heightNow))
    return supported(halt, "listed-plan", { reason: halt.reason, plan: halt.plan });
  return heightSeen > 0 ? disputed(halt, `${listedFor} was seen at ${heightSeen}.`) : halt;
}

/** Whether a listed plan is for this halt: by the height that the node said, or else by the one that it was seen at. */
function isBound({ reason, height }: HaltCase, plan: ListedPlan, seen: number): boolean {
  if (reason !== ShutdownReason.UpgradeRequired || plan.height === undefined || height !== undefined)
    return true;
  return isWithinReach(seen, plan.height);
}

/** An upgrade stops a node at its height: one that was seen far below has not come to it. */
function weighReach(halt: HaltCase, { heightSeen }: Facts): HaltCase {
  const { reason, height } = halt;
  if (reason !== ShutdownReason.UpgradeRequired || height === undefined || heightSeen === 0) return halt;
  return isWithinReach(heightSeen, height)
    ? halt
    : disputed(halt, `It is a halt of height ${height}, and the node was seen at ${heightSeen}.`);
}

function claimOfListed({ reason }: HaltCase, { planName, height }: ListedPlan): Claim {
  return { reason, plan: planName, height };
}
