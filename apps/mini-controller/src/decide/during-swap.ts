import type { Verdict } from "@upgrade-halt/consumer";
import { ANNOTATION_ABORT } from "../api/group.ts";
import { ABORTED, isAborted, policyNameOf } from "../api/node-halt.ts";
import { isPaged, isSaid, journalMove } from "../journal/journal-entry.ts";
import { advice, type Words } from "../journal/words.ts";
import { isUnreadHalt } from "../judge/unread-halt.ts";
import type { Act, Move } from "../model/move.ts";
import { whatOf } from "../model/workload-sight.ts";
import type { Observation, PodSight } from "../observe/observation.ts";
import { summaryOf, withdrawal } from "./before-swap.ts";
import { untilReplaced } from "./page-timing.ts";
import { heightPast, isLaterHalt, leftToStay } from "./recovery.ts";
import { PAUSED, paused } from "./refusals/paused.ts";
import { refusalOf } from "./refusals/refusals.ts";
import { goesOn } from "./replaced-by-others.ts";
import { templateChange } from "./template-change.ts";

/** How soon to look at a workload whose own controller is about to take notice of the new image, at least and at most. */
export const SETTLE_MS = 20;
const SETTLE_MOST_MS = 500;
/** How soon to look at a node that is coming back; its own events and heights wake the halt earlier. */
const RECOVER_MS = 500;
/** How soon to look whether somebody wrote back the image of a node that is past its halt. */
const STAY_MS = 5_000;

/** Carries a swap that was begun to its end: Recovered, or Failed when its time is over or a person aborts it. */
export function moveDuringSwap(observation: Observation): Move {
  const { halt, pod, recoverWithinMs = RECOVER_MS } = observation;
  const done = recovery(observation);
  if (done !== undefined) return done;
  const failed = failure(observation);
  if (failed !== undefined) return fail(observation, failed);
  // A node that is past its halt has no time left that could run out.
  const left = recoverWithinMs > 0 ? recoverWithinMs : Number.POSITIVE_INFINITY;
  const wait = (ms: number): Move => ({ kind: "wait", ms: Math.min(ms, left) });
  switch (halt.status?.phase) {
    case "Swapping":
      return moveWhileSwapping(observation, wait);
    case "Recreating":
      return moveWhileRecreating(observation, wait);
    default:
      return pod.kind === "halted" ? replacement(observation, pod, wait) : wait(watchMs(observation));
  }
}

/** How long a node may be left alone that comes back; one that is past its halt, and has to stay so, for longer. */
function watchMs(observation: Observation): number {
  const past = pastHalt(observation);
  return past === undefined ? RECOVER_MS : Math.min(leftToStay(observation, past.pod), STAY_MS);
}

/**
 * The image is set only if the policy still says so at that moment: it may have been changed since the journal was
 * written, for as long as nobody was there to act.
 */
function moveWhileSwapping(observation: Observation, wait: (ms: number) => Move): Move {
  const { halt, pod, workload, now } = observation;
  const { toImage = "", fromImage = "" } = halt.status ?? {};
  if (workload.kind !== "found") {
    // That it is gone, or another one by now, refuses the image, set or not. A pod made anew is waited for: it may be past the halt.
    const isRefused = workload.kind !== "not-asked" && pod.kind === "halted";
    const effect = { kind: "set-image", from: fromImage, to: toImage } as const;
    return isRefused ? unlessRefused(observation, effect, wait) : wait(RECOVER_MS);
  }
  const change = templateChange(observation, toImage);
  if (change.kind === "change") {
    const over = withdrawal(observation);
    if (over !== undefined) return over;
    const unasked = whyUnasked(observation, "It was not set yet.");
    if (unasked !== undefined) return fail(observation, unasked);
    const { partition } = change;
    const effect = {
      kind: "set-image",
      // A sibling's swap may have set the image since: then only the partition is to be moved.
      from: workload.image === toImage ? toImage : fromImage,
      to: toImage,
      ...(partition !== undefined && { partition }),
    } as const;
    return unlessRefused(observation, effect, wait);
  }
  if (!workload.settled) return wait(settleWait(observation));
  const isThere = pod.kind === "halted" || pod.kind === "healthy";
  const found = isThere
    ? `${workload.what} has ${toImage}; ${workload.replacesPods ? "it replaces" : "deleting"} pod ${halt.spec.podName}.`
    : `${workload.what} has ${toImage}, and the pod that halted is gone.`;
  const deletedPodUID = pod.kind === "halted" && !workload.replacesPods ? pod.uid : undefined;
  const draft = { phase: "Recreating", reason: "Recreating", message: { found }, deletedPodUID } as const;
  return journalMove(halt, draft, now);
}

/** A quarter of the time that it has taken so far: a server that a thousand halts keep busy is not asked by each all the time. */
function settleWait({ halt, now }: Observation): number {
  const since = halt.status?.steps?.at(-1)?.at;
  const taken = since === undefined ? 0 : now - Date.parse(since);
  return Math.min(Math.max(SETTLE_MS, taken / 4), SETTLE_MOST_MS);
}

/** Reasons of a recommendation that a change of the policy gives. Any other is of what was seen of the node. */
const OF_POLICY: ReadonlySet<string> = new Set([
  "ImageMappingMissing",
  "ListedForAnotherHeight",
  "HeightNotListed",
  "ChosenByPolicy",
  "ChainNotNamed",
  "InferredHalt",
  "InferredHaltIgnored",
]);

/**
 * Why the swap is over where the policy, or what was seen of the node, no longer leads to its image: whichever it was. A
 * policy that is gone, or that the pod has left, says nothing, and is a refusal of its own. What ran before can only be said
 * of the pod that halted: where that is gone, nothing is done to what is there.
 */
function whyUnasked(
  { halt, pod, policy, selected, recommendation }: Observation,
  standing: string,
): Failure | undefined {
  if (policy === undefined || !selected) return undefined;
  const { toImage = "", action } = halt.status ?? {};
  const isRollback = action === "RollBack";
  if (isRollback && (pod.kind === "gone" || pod.kind === "successor")) return undefined;
  const wanted = isRollback ? "roll-back" : "swap-to-image";
  const asksFor = recommendation && "image" in recommendation ? recommendation.image : undefined;
  if (recommendation?.action === wanted && asksFor === toImage) return undefined;
  if (recommendation !== undefined && asksFor === undefined && !OF_POLICY.has(recommendation.reason)) {
    const { reason, why } = recommendation;
    return { reason, message: { found: `${toImage} is not asked for as things stand. ${standing} ${why}` } };
  }
  const found = `HaltPolicy ${policyNameOf(halt)} no longer asks for ${toImage}. ${standing}`;
  return { reason: "ImageWithdrawn", message: { found } };
}

function moveWhileRecreating(observation: Observation, wait: (ms: number) => Move): Move {
  const { halt, pod, now } = observation;
  const { toImage = "" } = halt.status ?? {};
  if (pod.kind === "halted" || pod.kind === "healthy") return replacement(observation, pod, wait);
  if (pod.kind === "successor" && pod.image === halt.spec.image) return wait(RECOVER_MS);
  if (pod.kind === "successor" && pod.image !== toImage) return reportRewritten(observation, pod.image);
  const found =
    pod.kind === "successor"
      ? `New pod with ${pod.image}; waiting for its height.`
      : "Waiting for the new pod.";
  return journalMove(halt, { phase: "Recovering", reason: "Recovering", message: { found } }, now);
}

/** A pod that is there although the image is set: its workload replaces it, where that does so by itself, or it is deleted. */
function replacement(
  observation: Observation,
  pod: Exclude<PodSight, { kind: "gone" }>,
  wait: (ms: number) => Move,
): Move {
  const { workload } = observation;
  if (workload.kind === "found" && workload.replacesPods) return toldOfPause(observation, wait);
  return deletion(observation, pod, wait);
}

/** A pause comes too late for a workload that replaces its pods by itself, and whoever paused it is told so. */
function toldOfPause(observation: Observation, wait: (ms: number) => Move): Move {
  const { halt, now } = observation;
  const found = `${whatOf(observation.workload)} replaces its pods.`;
  const going = { reason: "Recreating", message: { found } };
  const { reason, message } = paused(observation, undefined) ?? going;
  const wasPaused = halt.status?.reason === PAUSED;
  if (reason !== PAUSED ? !wasPaused : isSaid(halt.status, { reason, message })) return wait(RECOVER_MS);
  return journalMove(halt, { phase: halt.status?.phase ?? "Recreating", reason, message }, now);
}

/** Something changed the image on the way from the workload to the pod. The pod runs, so it is watched and not touched. */
function reportRewritten(observation: Observation, image: string): Move {
  const { halt, now } = observation;
  const reason = "ImageRewritten";
  const message = {
    found: `The new pod has ${image} instead of ${halt.status?.toImage}: an admission webhook may have rewritten it.`,
    toDo: advice`It is left as it is, and watched.`,
  };
  const page = { reason, summary: summaryOf(observation, message) };
  return journalMove(halt, { phase: "Recovering", reason, message, page }, now);
}

/**
 * Deletes a pod that stands halted: only another one can have the new image, if that is still asked for. Which one is
 * written down first, once and for all.
 */
function deletion(
  observation: Observation,
  { uid, terminating, resourceVersion, isTakenAtOnce }: Exclude<PodSight, { kind: "gone" }>,
  wait: (ms: number) => Move,
): Move {
  const { halt, now } = observation;
  const { status } = halt;
  const unasked = whyUnasked(observation, "It is set, and the pod was not replaced.");
  if (unasked !== undefined) return fail(observation, unasked);
  if (terminating) return wait(RECOVER_MS);
  const move = unlessRefused(observation, { kind: "delete-pod", uid, resourceVersion, isTakenAtOnce }, wait);
  if (move.kind !== "effect" || status?.deletedPodUID !== undefined) return move;
  // What is remembered may be of before: a pod that is gone by now would use up the one deletion.
  if (observation.from === "memory") return move;
  const message = {
    found: `Deleting pod ${halt.spec.podName}, which came back with ${halt.spec.image} and halted again.`,
  };
  const draft = { phase: status?.phase ?? "Recreating", reason: "Recreating", message, deletedPodUID: uid };
  return journalMove(halt, draft, now);
}

/** The effect, unless something speaks against it by now: then the journal says so, and the swap stands where it stands. */
function unlessRefused(observation: Observation, effect: Act, wait: (ms: number) => Move): Move {
  const { halt, now } = observation;
  const { status = {} } = halt;
  const action = status.action === "RollBack" ? "RollBack" : "SwapImage";
  const refusal = refusalOf(observation, { step: effect.kind, action, image: status.toImage ?? "" });
  if (refusal === undefined) return { kind: "effect", effect };
  const { reason, message, kind } = refusal;
  const isDue = kind === "page" && untilReplaced(status, reason, now) === 0;
  const page = isDue ? { reason, summary: summaryOf(observation, message) } : undefined;
  const needsPage = page !== undefined && !isPaged(status, reason);
  if (!needsPage && isSaid(status, refusal)) return wait(RECOVER_MS);
  const draft = { phase: status.phase ?? "Swapping", reason, message, page, waits: kind === "wait" } as const;
  return journalMove(halt, draft, now);
}

/** The new pod and its height, once it is seen past the halt on the new image. */
function pastHalt({ halt, pod }: Observation) {
  if (halt.status?.phase !== "Recovering" || pod.kind !== "successor" || pod.image === halt.spec.image)
    return undefined;
  const height = heightPast(halt.spec, pod);
  return height === undefined ? undefined : { pod, height };
}

/** The move to Recovered, once the node is past the halt and nobody will write its image back any more. */
function recovery(observation: Observation): Move | undefined {
  const { halt, now } = observation;
  const { toImage } = halt.status ?? {};
  const past = pastHalt(observation);
  if (past === undefined) return undefined;
  if (leftToStay(observation, past.pod) > 0 && !isSupplanted(observation)) return undefined;
  const { pod, height } = past;
  const not = pod.image === toImage ? "" : `, not ${toImage},`;
  const message = { found: `Runs ${pod.image}${not} and is at height ${height}.` };
  return journalMove(
    halt,
    {
      phase: "Recovered",
      reason: "Recovered",
      message,
      newPodUID: pod.uid,
      recoveredHeight: height,
      conditions: [{ type: "Upgrading", status: "False", reason: "Recovered", message }],
    },
    now,
  );
}

/** Whether the image was set on to a third one, as for the next plan: nobody will write back what was there before. */
function isSupplanted({ halt, workload }: Observation): boolean {
  const { toImage, fromImage } = halt.status ?? {};
  return workload.kind === "found" && workload.image !== toImage && workload.image !== fromImage;
}

interface Failure {
  readonly reason: string;
  readonly message: Words;
}

function failure(observation: Observation): Failure | undefined {
  const { halt, pod, workload, recoverWithinMs } = observation;
  const { toImage, fromImage, recoverBy, phase } = halt.status ?? {};
  if (isAborted(halt) && phase !== "Recovering")
    return {
      reason: ABORTED,
      message: {
        found: `Stopped for good by its annotation ${ANNOTATION_ABORT}.`,
        toDo: goesOn(observation),
      },
    };
  if (
    phase === "Recovering" &&
    pod.kind === "successor" &&
    pod.image !== halt.spec.image &&
    haltsAgain(pod.verdict) &&
    !isLaterHalt(halt.spec, pod.verdict)
  ) {
    return {
      reason: "HaltedAgain",
      message: { found: `The new pod halted as well on ${pod.image}: ${pod.verdict.why}` },
    };
  }
  if (
    workload.kind === "found" &&
    workload.image !== toImage &&
    (phase !== "Swapping" || workload.image !== fromImage)
  ) {
    const found = `${workload.what} was set to ${workload.image} by somebody else in the middle of the swap to ${toImage}.`;
    return { reason: "ImageChangedMeanwhile", message: { found } };
  }
  if (recoverWithinMs !== undefined && recoverWithinMs <= 0 && pastHalt(observation) === undefined) {
    return {
      reason: "RecoveryTimedOut",
      message: {
        found: `Not seen past the halt on ${toImage} in its time, ${recoverBy} (${standing(pod)}).`,
      },
    };
  }
  return undefined;
}

/** Whether a node whose log could not be read halted is not known: its time to come back decides. */
function haltsAgain(verdict: Verdict): boolean {
  if (isUnreadHalt(verdict)) return false;
  return verdict.kind === "halted" || verdict.kind === "unrecognised-halt";
}

function standing(pod: PodSight): string {
  switch (pod.kind) {
    case "gone":
      return "no pod";
    case "halted":
      return "the pod that halted is still there";
    case "healthy":
      return `the pod that halted runs again on ${pod.image}, at height ${pod.height}`;
    case "successor":
      if (pod.beside !== undefined)
        return `the new pod has ${pod.image}, and ${pod.beside} may be who answers at the address that both have`;
      return `the new pod has ${pod.image} and height ${pod.height ?? "unknown"}: ${pod.verdict.why}`;
  }
}

function fail(observation: Observation, { reason, message }: Failure): Move {
  const page = reason === ABORTED ? undefined : { reason, summary: summaryOf(observation, message) };
  const conditions = [{ type: "Upgrading", status: "False" as const, reason, message }];
  return journalMove(
    observation.halt,
    { phase: "Failed", reason, message, page, conditions },
    observation.now,
  );
}
