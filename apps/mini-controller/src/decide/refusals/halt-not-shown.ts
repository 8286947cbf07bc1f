import { advice } from "../../journal/words.ts";
import { isInferred } from "../../judge/judgement.ts";
import type { PodSight } from "../../observe/observation.ts";
import { comingBackMs, pageIfItLasts } from "../page-timing.ts";
import type { Check } from "./refusal.ts";

/** The pod that is there now does not stand halted: it is gone, was replaced, or runs again. */
export const haltNotShown: Check = (observation) => {
  const { halt, pod } = observation;
  if (pod.kind === "halted" && pod.shown) return undefined;
  const { podName } = halt.spec;
  if (pod.kind === "gone")
    return {
      reason: "PodGone",
      message: {
        found: `Pod ${podName} is gone. Its successor has to show the halt.`,
        toDo: advice`If none comes, see why it is not made.`,
      },
      kind: pageIfItLasts(observation, "PodGone", comingBackMs(observation)),
    };
  const isHalted = pod.kind === "halted";
  const wasInferred = isHalted && isInferred(halt.status?.seen?.sources ?? []);
  const reason = wasInferred ? "InferredHaltNotShown" : "HaltNotShown";
  const found = wasInferred
    ? `Pod ${podName} did not announce its halt, and what it was inferred from is not there now: its log, how its last run ended, or that its height stands still. Nothing is done to it unless all of that is read again.`
    : `Pod ${podName} ${WORDS[pod.kind]}, so nothing is done to it unless it halts again.`;
  const message = { found };
  // A node that runs again needs nobody. One that comes back neither to work nor to its halt may.
  if (isHalted) return { reason, message, kind: pageIfItLasts(observation, reason) };
  const isLost = pod.kind === "successor" && !isKnown(pod);
  return {
    reason,
    message,
    kind: isLost ? pageIfItLasts(observation, reason, comingBackMs(observation)) : "watch",
  };
};

/** It was seen to work, or a NodeHalt of its own tells of it. */
function isKnown({ verdict, height }: Extract<PodSight, { kind: "successor" }>): boolean {
  if (verdict.kind === "running") return height !== undefined;
  return verdict.kind === "halted" || verdict.kind === "unrecognised-halt";
}

const WORDS = {
  halted: "was started again and shows no halt now",
  healthy: "runs again",
  successor: "is another one by now",
} as const;
