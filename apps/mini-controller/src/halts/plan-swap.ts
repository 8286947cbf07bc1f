import type { Verdict } from "@upgrade-halt/consumer";
import { journalMove } from "./journal.ts";
import type { Act, Move } from "./move.ts";
import type { Observation, PodSight } from "./observation.ts";
import { summaryOf } from "./plan-decision.ts";
import { heightPast } from "./recovery.ts";
import { refusalOf } from "./refusals/refusals.ts";
import { templateChange } from "./template-change.ts";

/** How soon to look at a workload whose own controller is about to take notice of the new image, at least and at most. */
export const SETTLE_MS = 20;
const SETTLE_MOST_MS = 500;
/** How soon to look at a node that is coming back; its own events and heights wake the halt earlier. */
const RECOVER_MS = 500;

/** Carries a swap that was begun to its end: Recovered, or Failed when its time is over. */
export function planSwap(observation: Observation): Move {
  const { halt, recoverWithinMs = RECOVER_MS } = observation;
  const done = recovery(observation);
  if (done !== undefined) return done;
  const failed = failure(observation);
  if (failed !== undefined) return fail(observation, failed);
  const { phase } = halt.status ?? {};
  const left = Math.max(1, recoverWithinMs);
  const wait = (ms: number): Move => ({ kind: "wait", ms: Math.min(ms, left) });
  if (phase === "Swapping") return planSwapping(observation, wait);
  if (phase === "Recreating") return planRecreating(observation, wait);
  return observation.pod.kind === "halted" ? deletion(observation, observation.pod, wait) : wait(RECOVER_MS);
}

/**
 * The image is set only if the policy still says so at that moment: it may have been changed since the journal was
 * written, for as long as nobody was there to act.
 */
function planSwapping(observation: Observation, wait: (ms: number) => Move): Move {
  const { halt, pod, workload, now } = observation;
  const { toImage = "", fromImage = "" } = halt.status ?? {};
  if (workload.kind !== "found") return wait(RECOVER_MS);
  const change = templateChange(observation, toImage);
  if (change.kind === "change") {
    if (isWithdrawn(observation)) {
      const message = `HaltPolicy ${halt.spec.policyName} no longer asks for ${toImage}, which was not set yet.`;
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
  const message =
    pod.kind === "halted"
      ? `${workload.what} has ${toImage}; ${workload.replacesPods ? "it replaces" : "deleting"} pod ${halt.spec.podName}.`
      : `${workload.what} has ${toImage}, and the pod that halted is gone.`;
  return journalMove(halt, { phase: "Recreating", reason: "Recreating", message }, now);
}

/** A quarter of the time that it has taken so far: a server that a thousand halts keep busy is not asked by each all the time. */
function settleWait({ halt, now }: Observation): number {
  const since = halt.status?.steps?.at(-1)?.at;
  const taken = since === undefined ? 0 : now - Date.parse(since);
  return Math.min(Math.max(SETTLE_MS, taken / 4), SETTLE_MOST_MS);
}

function isWithdrawn({ halt, recommendation }: Observation): boolean {
  if (halt.status?.action === "RollBack")
    return !["BinaryTooNew", "PreviousImageUnknown"].includes(recommendation?.reason ?? "");
  return recommendation?.action !== "swap-to-image" || recommendation.image !== halt.status?.toImage;
}

function planRecreating(observation: Observation, wait: (ms: number) => Move): Move {
  const { halt, pod, workload, now } = observation;
  const { toImage = "" } = halt.status ?? {};
  if (pod.kind === "halted" || (pod.kind === "successor" && pod.image !== toImage)) {
    const others = workload.kind === "found" && workload.replacesPods;
    return others ? wait(RECOVER_MS) : deletion(observation, pod, wait);
  }
  const message =
    pod.kind === "successor"
      ? `New pod with ${pod.image}; waiting for its height.`
      : "Waiting for the new pod.";
  return journalMove(halt, { phase: "Recovering", reason: "Recovering", message }, now);
}

/**
 * Deletes a pod that halted, and one that its owner made from the old image before it had taken notice: only
 * another one can have the new image.
 */
function deletion(
  observation: Observation,
  { uid, terminating }: Exclude<PodSight, { kind: "gone" }>,
  wait: (ms: number) => Move,
): Move {
  if (terminating) return wait(RECOVER_MS);
  return unlessRefused(observation, { kind: "delete-pod", uid }, wait);
}

/** The effect, unless something speaks against it by now: then the journal says so, and the swap stands where it stands. */
function unlessRefused(observation: Observation, effect: Act, wait: (ms: number) => Move): Move {
  const { halt, now } = observation;
  const { status = {} } = halt;
  const action = status.action === "RollBack" ? "RollBack" : "SwapImage";
  const refusal = refusalOf(observation, { step: effect.kind, action, image: status.toImage ?? "" });
  if (refusal === undefined) return { kind: "effect", effect };
  const { reason, message } = refusal;
  if (status.reason === reason && status.message === message) return wait(RECOVER_MS);
  const page = refusal.kind === "page" ? { reason, summary: summaryOf(observation, message) } : undefined;
  return journalMove(halt, { phase: status.phase ?? "Swapping", reason, message, page }, now);
}

/** The move to Recovered, once the node is seen past the halt on the new image. */
function recovery({ halt, pod, now }: Observation): Move | undefined {
  const { toImage, phase } = halt.status ?? {};
  if (phase !== "Recovering" || pod.kind !== "successor" || pod.image !== toImage) return undefined;
  const height = heightPast(halt.spec, pod);
  if (height === undefined) return undefined;
  const message = `Runs ${toImage} and is at height ${height}.`;
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

function failure({ halt, pod, workload, recoverWithinMs }: Observation): Failure | undefined {
  const { toImage, fromImage, recoverBy, phase } = halt.status ?? {};
  if (
    phase === "Recovering" &&
    pod.kind === "successor" &&
    pod.image === toImage &&
    haltsAgain(pod.verdict)
  ) {
    return { reason: "HaltedAgain", message: `The new pod halted as well on ${toImage}: ${pod.verdict.why}` };
  }
  if (
    workload.kind === "found" &&
    workload.image !== toImage &&
    (phase !== "Swapping" || workload.image !== fromImage)
  ) {
    const message = `${workload.what} was set to ${workload.image} by somebody else in the middle of the swap to ${toImage}.`;
    return { reason: "ImageChangedMeanwhile", message };
  }
  if (recoverWithinMs !== undefined && recoverWithinMs <= 0) {
    return {
      reason: "RecoveryTimedOut",
      message: `Not seen past the halt on ${toImage} in its time, ${recoverBy} (${standing(pod)}).`,
    };
  }
  return undefined;
}

function haltsAgain({ kind }: Verdict): boolean {
  return kind === "halted" || kind === "unrecognised-halt";
}

function standing(pod: PodSight): string {
  switch (pod.kind) {
    case "gone":
      return "no pod";
    case "halted":
      return "the pod that halted is still there";
    case "successor":
      return `the new pod has ${pod.image} and height ${pod.height ?? "unknown"}: ${pod.verdict.why}`;
  }
}

function fail(observation: Observation, { reason, message }: Failure): Move {
  const page = observation.policy?.spec.dryRun
    ? undefined
    : { reason, summary: summaryOf(observation, message) };
  const conditions = [{ type: "Upgrading", status: "False" as const, reason, message }];
  return journalMove(
    observation.halt,
    { phase: "Failed", reason, message, page, conditions },
    observation.now,
  );
}
