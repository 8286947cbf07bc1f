import { isInferred } from "../judgement.ts";
import type { Check } from "./refusal.ts";

/** The pod that is there now does not stand halted: it is gone, was replaced, or runs again. */
export const haltNotShown: Check = ({ halt, pod }) => {
  if (pod.kind === "halted" && pod.shown) return undefined;
  const { podName } = halt.spec;
  if (pod.kind === "gone")
    return {
      reason: "PodGone",
      message: `Pod ${podName} is gone. Its successor has to show the halt.`,
      kind: "wait",
    };
  const { sources = [] } = halt.status?.seen ?? {};
  if (pod.kind === "halted" && isInferred(sources))
    return {
      reason: "InferredHaltNotShown",
      message: `Pod ${podName} did not announce its halt, and what it was inferred from is not there now: its log, how its last run ended, or that its height stands still. Nothing is done to it unless all of that is read again.`,
      kind: "wait",
    };
  const message = `Pod ${podName} ${WORDS[pod.kind]}, so nothing is done to it unless it halts again.`;
  return { reason: "HaltNotShown", message, kind: "wait" };
};

const WORDS = {
  halted: "was started again and shows no halt now",
  healthy: "runs again",
  successor: "is another one by now",
} as const;
