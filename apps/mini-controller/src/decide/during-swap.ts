import type { Verdict } from "@upgrade-halt/consumer";
import { ANNOTATION_ABORT } from "../api/group.ts";
import { ABORTED, isAborted, policyNameOf } from "../api/node-halt.ts";
import { isPaged, journalMove } from "../journal/journal-entry.ts";
import { isUnreadHalt } from "../judge/unread-halt.ts";
import type { Act, Move } from "../model/move.ts";
import type { Observation, PodSight } from "../observe/observation.ts";
import { summaryOf, withdrawal } from "./before-swap.ts";
import { heightPast, leftToStay } from "./recovery.ts";
import { refusalOf } from "./refusals/refusals.ts";
import { templateChange } from "./template-change.ts";

/** How soon to look at a workload whose own controller is about to take notice of the new image, at least and at most. */
export const SETTLE_MS = 20;
const SETTLE_MOST_MS = 500;
/** How soon to look at a node that is coming back; its own events and heights wake the halt earlier. */
const RECOVER_MS = 500;

/** Carries a swap that was begun to its end: Recovered, or Failed when its time is over or a person aborts it. */
export function moveDuringSwap(observation: Observation): Move {
  const { halt, pod, recoverWithinMs = RECOVER_MS } = observation;
  const done = recovery(observation);
  if (done !== undefined) return done;
  const failed = failure(observation);
  if (failed !== undefined) return fail(observation, failed);
  const left = Math.max(1, recoverWithinMs);
  const wait = (ms: number): Move => ({ kind: "wait", ms: Math.min(ms, left) });
  switch (halt.status?.phase) {
    case "Swapping":
      return moveWhileSwapping(observation, wait);
    case "Recreating":
      return moveWhileRecreating(observation, wait);
    default:
      return pod.kind === "halted" ? deletion(observation, pod, wait) : wait(RECOVER_MS);
  }
}

/**
 * The image is set only if the policy still says so at that moment: it may have been changed since the journal was
 * written, for as long as nobody was there to act.
 */
function moveWhileSwapping(observation: Observation, wait: (ms: number) => Move): Move {
  const { halt, pod, workload, now } = observation;
  const { toImage = "", fromImage = "" } = halt.status ?? {};
  if (workload.kind !== "found") return wait(RECOVER_MS);
  const change = templateChange(observation, toImage);
  if (change.kind === "change") {
    const over = withdrawal(observation);
    if (over !== undefined) return over;
    if (isWithdrawn(observation)) {
      const message = `HaltPolicy ${policyNameOf(halt)} no longer asks for ${toImage}, which was not set yet.`;
      return fail(observation, { reason: "ImageWithdrawn", message });
    }
    const { partition } = change;
    const effect = {
      kind: "set-image",
      from: fromImage,
      to: toImage,
      ...(partition !== undefined && { partition }),
    } as const;
    return unlessRefused(observation, effect, wait);
  }
  if (!workload.settled) return wait(settleWait(observation));
  const isThere = pod.kind === "halted" || pod.kind === "healthy";
  const message = isThere
    ? `${workload.what} has ${toImage}; ${workload.replacesPods ? "it replaces" : "deleting"} pod ${halt.spec.podName}.`
    : `${workload.what} has ${toImage}, and the pod that halted is gone.`;
  const deletedPodUID = pod.kind === "halted" && !workload.replacesPods ? pod.uid : undefined;
  return journalMove(halt, { phase: "Recreating", reason: "Recreating", message, deletedPodUID }, now);
}

/** A quarter of the time that it has taken so far: a server that a thousand halts keep busy is not asked by each all the time. */
function settleWait({ halt, now }: Observation): number {
  const since = halt.status?.steps?.at(-1)?.at;
  const taken = since === undefined ? 0 : now - Date.parse(since);
  return Math.min(Math.max(SETTLE_MS, taken / 4), SETTLE_MOST_MS);
}

/**
 * Whether the policy and what was seen of the node no longer lead to the image of the swap. What ran before can only be said
 * of the pod that halted; where that is gone, nothing is done to what is there.
 */
function isWithdrawn({ halt, pod, recommendation }: Observation): boolean {
  const isRollback = halt.status?.action === "RollBack";
  if (isRollback && (pod.kind === "gone" || pod.kind === "successor")) return false;
  const wanted = isRollback ? "roll-back" : "swap-to-image";
  return recommendation?.action !== wanted || recommendation.image !== halt.status?.toImage;
}

function moveWhileRecreating(observation: Observation, wait: (ms: number) => Move): Move {
  const { halt, pod, policy, selected, workload, now } = observation;
  const { toImage = "" } = halt.status ?? {};
  if (pod.kind === "halted" || pod.kind === "healthy") {
    if (workload.kind === "found" && workload.replacesPods) return wait(RECOVER_MS);
    if (policy !== undefined && selected && isWithdrawn(observation)) {
      const message = `HaltPolicy ${policyNameOf(halt)} no longer asks for ${toImage}. It is set, and the pod was not replaced.`;
      return fail(observation, { reason: "ImageWithdrawn", message });
    }
    return deletion(observation, pod, wait);
  }
  if (pod.kind === "successor" && pod.image === halt.spec.image) return wait(RECOVER_MS);
  if (pod.kind === "successor" && pod.image !== toImage) return reportRewritten(observation, pod.image);
  const message =
    pod.kind === "successor"
      ? `New pod with ${pod.image}; waiting for its height.`
      : "Waiting for the new pod.";
  return journalMove(halt, { phase: "Recovering", reason: "Recovering", message }, now);
}

/** Something changed the image on the way from the workload to the pod. The pod runs, so it is watched and not touched. */
function reportRewritten(observation: Observation, image: string): Move {
  const { halt, now } = observation;
  const reason = "ImageRewritten";
  const message = `The new pod has ${image} instead of ${halt.status?.toImage}: an admission webhook may have rewritten it. It is left as it is, and watched.`;
  const page = { reason, summary: summaryOf(observation, message) };
  return journalMove(halt, { phase: "Recovering", reason, message, page }, now);
}

/**
 * Deletes a pod that stands halted: only another one can have the new image. Which one is written down first, once and
 * for all.
 */
function deletion(
  observation: Observation,
  { uid, terminating }: Exclude<PodSight, { kind: "gone" }>,
  wait: (ms: number) => Move,
): Move {
  const { halt, now } = observation;
  const { status } = halt;
  if (terminating) return wait(RECOVER_MS);
  const move = unlessRefused(observation, { kind: "delete-pod", uid }, wait);
  if (move.kind !== "effect" || status?.deletedPodUID !== undefined) return move;
  // What is remembered may be of before: a pod that is gone by now would use up the one deletion.
  if (observation.from === "memory") return move;
  const message = `Deleting pod ${halt.spec.podName}, which came back with ${halt.spec.image} and halted again.`;
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
  const { reason, message } = refusal;
  const page = refusal.kind === "page" ? { reason, summary: summaryOf(observation, message) } : undefined;
  const needsPage = page !== undefined && !isPaged(status, reason);
  if (!needsPage && status.reason === reason && status.message === message) return wait(RECOVER_MS);
  return journalMove(halt, { phase: status.phase ?? "Swapping", reason, message, page }, now);
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
  if (past === undefined || leftToStay(observation, past.pod) > 0) return undefined;
  const { pod, height } = past;
  const message =
    pod.image === toImage
      ? `Runs ${toImage} and is at height ${height}.`
      : `Runs ${pod.image}, not ${toImage}, and is at height ${height}.`;
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

interface Failure {
  readonly reason: string;
  readonly message: string;
}

function failure(observation: Observation): Failure | undefined {
  const { halt, pod, workload, recoverWithinMs } = observation;
  const { toImage, fromImage, recoverBy, phase } = halt.status ?? {};
  if (isAborted(halt) && phase !== "Recovering")
    return { reason: ABORTED, message: `Stopped for good by its annotation ${ANNOTATION_ABORT}.` };
  if (
    phase === "Recovering" &&
    pod.kind === "successor" &&
    pod.image !== halt.spec.image &&
    haltsAgain(pod.verdict)
  ) {
    return {
      reason: "HaltedAgain",
      message: `The new pod halted as well on ${pod.image}: ${pod.verdict.why}`,
    };
  }
  if (
    workload.kind === "found" &&
    workload.image !== toImage &&
    (phase !== "Swapping" || workload.image !== fromImage)
  ) {
    const message = `${workload.what} was set to ${workload.image} by somebody else in the middle of the swap to ${toImage}.`;
    return { reason: "ImageChangedMeanwhile", message };
  }
  if (recoverWithinMs !== undefined && recoverWithinMs <= 0 && pastHalt(observation) === undefined) {
    return {
      reason: "RecoveryTimedOut",
      message: `Not seen past the halt on ${toImage} in its time, ${recoverBy} (${standing(pod)}).`,
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
