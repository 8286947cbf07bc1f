import type { Recommendation } from "@upgrade-halt/consumer";
import type { HaltPolicy } from "../api/halt-policy.ts";
import type { Action } from "../api/node-halt.ts";
import {
  isPaged,
  isSaid,
  journalMove,
  pageWords,
  type StepDraft,
  timestamp,
} from "../journal/journal-entry.ts";
import { advice, NO_ADVICE, ofRecommendation, type Words } from "../journal/words.ts";
import { UNREAD } from "../judge/unread-halt.ts";
import type { Move } from "../model/move.ts";
import { whatOf } from "../model/workload-sight.ts";
import type { Observation } from "../observe/observation.ts";
import { ON_OTHER_CHAIN, onOtherChain } from "./on-other-chain.ts";
import { untilReplaced } from "./page-timing.ts";
import { heightPast, leftToStay } from "./recovery.ts";
import { haltNotSeen } from "./refusals/halt-not-seen.ts";
import { imageDoesNotHelp } from "./refusals/image-does-not-help.ts";
import { logNotRead } from "./refusals/log-not-read.ts";
import { notTheJournal } from "./refusals/not-the-journal.ts";
import { notYet } from "./refusals/not-yet.ts";
import { policyMissing } from "./refusals/policy-missing.ts";
import type { Refusal } from "./refusals/refusal.ts";
import { refusalOf } from "./refusals/refusals.ts";

/** How long a halt that waits for a slot or for its siblings waits before it looks again by itself. */
const LOOK_AGAIN_MS = 1_000;
/** The same for one that a person is to put right elsewhere, where nothing tells of it. */
const LOOK_AGAIN_REFUSED_MS = 5_000;

/** The change of an image that a recommendation calls for. */
type ImageChange = Extract<Recommendation, { action: "swap-to-image" | "roll-back" }>;

/** Decides about a halt whose swap has not begun: begin it, or say why not. Nothing is written twice. */
export function moveBeforeSwap(observation: Observation): Move {
  const { halt, policy, recommendation, now } = observation;
  const over =
    recoveredElsewhere(observation) ??
    withdrawal(observation) ??
    toldByLog(observation) ??
    toldElsewhere(observation);
  if (over !== undefined) return over;
  const unbelieved =
    policyMissing(observation, undefined) ??
    haltNotSeen(observation, undefined) ??
    notTheJournal(observation, undefined) ??
    logNotRead(observation, undefined);
  if (unbelieved !== undefined) {
    const lookAgainMs = observation.pod.kind === "healthy" ? UNSEEN_MS : undefined;
    return (
      forgotten(observation) ?? record(observation, refusedStep(observation, unbelieved, "Hold"), lookAgainMs)
    );
  }
  if (policy === undefined || recommendation === undefined) return { kind: "rest" };
  switch (recommendation.action) {
    case "swap-to-image":
    case "roll-back": {
      const blocked = obstacle(observation, recommendation);
      const lookAgainMs = blocked?.page === undefined ? undefined : LOOK_AGAIN_REFUSED_MS;
      if (blocked !== undefined) return record(observation, blocked, lookAgainMs);
      return journalMove(halt, beginSwap(observation, policy, recommendation), now);
    }
    case "page": {
      const told = toldAlready(observation);
      return told === undefined ? pagingMove(observation, recommendation) : record(observation, told);
    }
    case "hold":
    case "leave-alone":
      return record(observation, { ...held(observation, recommendation), phase: "Held" });
  }
}

/** How long the page of a halt that was never seen stands while its pod is seen to run, before that is the end of it. */
const UNSEEN_MS = 600_000;

/**
 * A halt that the controller never saw, of a pod that runs: somebody wrote it, or a controller that recorded it ended before it
 * could write down what it saw. A person was told; nothing else is ever going to end it.
 */
function forgotten({ halt, pod, now }: Observation): Move | undefined {
  const { status } = halt;
  if (pod.kind !== "healthy" || status?.reason !== "HaltNotSeen" || status.page?.state === "Pending")
    return undefined;
  const stoodMs = Math.abs(now - Date.parse(status.steps?.at(-1)?.at ?? ""));
  if (status.phase !== "Held" || !(stoodMs >= UNSEEN_MS)) return undefined;
  const message = {
    found: `Its pod runs, at height ${pod.height}, and the controller never saw it halt so.`,
    toDo: advice`This NodeHalt can be deleted.`,
  };
  return journalMove(
    halt,
    { phase: "Withdrawn", reason: "NeverSeen", message, conditions: [notUpgrading("NeverSeen", message)] },
    now,
  );
}

/** Somebody else put it right while the halt was held. */
function recoveredElsewhere(observation: Observation): Move | undefined {
  const { halt, pod, now } = observation;
  const height = pod.kind === "successor" ? heightPast(halt.spec, pod) : undefined;
  if (pod.kind !== "successor" || height === undefined) return undefined;
  const left = leftToStay(observation, pod);
  if (left > 0) return { kind: "wait", ms: Math.min(left, LOOK_AGAIN_REFUSED_MS) };
  const how = pod.image === halt.spec.image ? "as it did before" : "which somebody else set";
  const message = { found: `Runs ${pod.image}, ${how}, and is at height ${height}.` };
  const conditions = [notUpgrading("RecoveredElsewhere", message)];
  const draft = {
    phase: "Recovered",
    reason: "RecoveredElsewhere",
    message,
    newPodUID: pod.uid,
    recoveredHeight: height,
  } as const;
  return journalMove(halt, { ...draft, conditions }, now);
}

/**
 * The very pod that halted runs again although nothing was done: its upgrade was skipped, its binary was changed in place,
 * its data was restored. Nothing is left to do, also not later.
 */
export function withdrawal({ halt, pod, now }: Observation): Move | undefined {
  if (pod.kind !== "healthy" || halt.status?.seen === undefined) return undefined;
  const message = {
    found: `The pod that halted runs again as it is, at height ${pod.height}. Nothing is done about its halt.`,
  };
  const conditions = [notUpgrading("RunsAgain", message)];
  return journalMove(halt, { phase: "Withdrawn", reason: "RunsAgain", message, conditions }, now);
}

/** Whether a node halted was not known, and now it tells: that halt has a journal of its own. */
function toldByLog({ halt, pod, now }: Observation): Move | undefined {
  if (halt.spec.reason !== UNREAD || pod.kind !== "successor" || pod.uid !== halt.spec.podUID)
    return undefined;
  if (pod.verdict.kind !== "halted" && pod.verdict.kind !== "unrecognised-halt") return undefined;
  const message = { found: `It is known by now: ${pod.verdict.why}` };
  const conditions = [notUpgrading("LogTells", message)];
  return journalMove(halt, { phase: "Withdrawn", reason: "LogTells", message, conditions }, now);
}

/** Its node went on to another chain, and halted there: that halt has a journal of its own. */
function toldElsewhere(observation: Observation): Move | undefined {
  const { halt, now } = observation;
  const message = onOtherChain(observation);
  if (message === undefined) return undefined;
  const conditions = [notUpgrading(ON_OTHER_CHAIN, message)];
  return journalMove(halt, { phase: "Withdrawn", reason: ON_OTHER_CHAIN, message, conditions }, now);
}

/**
 * Writes `wanted` unless the journal says so already. A halt that waits for others looks again by itself, and so does
 * one that is held where `lookAgainMs` says how soon.
 */
function record(observation: Observation, wanted: StepDraft, lookAgainMs?: number): Move {
  const { halt, now } = observation;
  const { status } = halt;
  const silent = withoutPageTold(observation, withoutPageInDryRun(observation, wanted));
  const dueMs = silent.page === undefined ? 0 : untilReplaced(status, silent.page.reason, now);
  const draft = dueMs === 0 ? silent : { ...silent, page: undefined };
  const needsPage = draft.page !== undefined && !isPaged(status, draft.page.reason);
  if (status?.phase !== draft.phase || !isSaid(status, draft) || needsPage)
    return journalMove(halt, draft, now);
  if (draft.phase === "Recorded") return { kind: "wait", ms: LOOK_AGAIN_MS };
  if (dueMs > 0) return { kind: "wait", ms: Math.min(dueMs, LOOK_AGAIN_REFUSED_MS) };
  return lookAgainMs === undefined ? { kind: "rest" } : { kind: "wait", ms: lookAgainMs };
}

/** A dry run tells nobody either. */
function withoutPageInDryRun({ policy }: Observation, draft: StepDraft): StepDraft {
  return policy?.spec.dryRun ? { ...draft, page: undefined } : draft;
}

/** Without the page that stands for this reason already, or is about to, in the journal of a pod of the same Deployment that is gone. */
function withoutPageTold({ neighbours }: Observation, draft: StepDraft): StepDraft {
  const isTold = draft.page !== undefined && neighbours.toldBefore?.includes(draft.page.reason);
  return isTold ? { ...draft, page: undefined } : draft;
}

/** Reasons for a page after which nothing that the controller watches could change its mind. */
const FINAL: ReadonlySet<Recommendation["reason"]> = new Set([
  "DowngradeDetected",
  "ChosenByPolicy",
  "PreviousImageUnknown",
]);

/** First the page is on its way, then, once a receiver has it, the halt is a person's. */
function pagingMove(observation: Observation, recommendation: Recommendation): Move {
  const { halt, now } = observation;
  const draft = held(observation, recommendation);
  const delivered = halt.status?.page?.reason === recommendation.reason && halt.status.page.state === "Sent";
  if (!FINAL.has(recommendation.reason) || !delivered)
    return record(observation, { ...draft, phase: "Held" });
  const toDo = advice`${draft.message.toDo ?? NO_ADVICE} A person was paged.`;
  return journalMove(halt, { ...draft, phase: "Paged", message: { ...draft.message, toDo } }, now);
}

function held(observation: Observation, recommendation: Recommendation): StepDraft {
  const { action, reason, page } = recommendation;
  const { toDo = NO_ADVICE, ...found } = ofRecommendation(recommendation.why);
  const message = { ...found, toDo: action === "page" ? advice`${toDo}${notYet(observation)}` : toDo };
  return {
    phase: "Held",
    action: action === "page" ? "Page" : "Hold",
    reason,
    message,
    page: page ? { reason, summary: summaryOf(observation, message) } : undefined,
    conditions: [notUpgrading(reason, message)],
  };
}

function notUpgrading(reason: string, message: Words) {
  return {
    type: "Upgrading",
    status: reason === "ImageMappingMissing" ? ("Unknown" as const) : ("False" as const),
    reason,
    message,
  };
}

/** What a page says first: which node, what happened, and what is (not) done. */
export function summaryOf({ halt }: Pick<Observation, "halt">, message: Words): Words {
  const { reason } = halt.spec;
  return pageWords(halt, reason === UNREAD ? "may have halted" : `halted (${reason})`, message);
}

/** The halt of an image that a swap brought for this very plan: the swap's own journal tells of it. */
function toldAlready(observation: Observation): StepDraft | undefined {
  const { halt, neighbours } = observation;
  if (neighbours.toldBy === undefined) return undefined;
  const { image } = halt.spec;
  const refusal = imageDoesNotHelp(observation, { step: "decide", action: "SwapImage", image });
  return refusal && refusedStep(observation, refusal, "SwapImage");
}

/** What keeps the change from being made now; `undefined` when nothing does. */
function obstacle(observation: Observation, change: ImageChange): StepDraft | undefined {
  const action = actionOf(change);
  const refusal = refusalOf(observation, { step: "decide", action, image: change.image });
  return refusal && refusedStep(observation, refusal, action);
}

function refusedStep(
  observation: Observation,
  { reason, message, kind }: Refusal,
  action: Action,
): StepDraft {
  return {
    phase: kind === "wait" || kind === "watch" ? "Recorded" : "Held",
    waits: kind === "wait",
    action,
    reason,
    message,
    page: kind === "page" ? { reason, summary: summaryOf(observation, message) } : undefined,
    conditions: [notUpgrading(reason, message)],
  };
}

function actionOf({ action }: ImageChange): Extract<Action, "SwapImage" | "RollBack"> {
  return action === "roll-back" ? "RollBack" : "SwapImage";
}

function beginSwap(observation: Observation, policy: HaltPolicy, change: ImageChange): StepDraft {
  const { workload, now } = observation;
  const { image: toImage, reason, why, page } = change;
  const message = { found: `Setting ${whatOf(workload)} to ${toImage}: ${why}` };
  return {
    phase: "Swapping",
    action: actionOf(change),
    reason,
    message,
    ...(workload.kind === "found"
      ? { fromImage: workload.image, workloadGeneration: workload.generation }
      : {}),
    toImage,
    recoverBy: timestamp(now + policy.spec.recoveryTimeoutSeconds * 1000),
    page: page ? { reason, summary: summaryOf(observation, { found: why }) } : undefined,
    conditions: [{ type: "Upgrading", status: "True", reason: actionOf(change), message }],
  };
}
