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
  const message = `Pod ${podName} ${WORDS[pod.kind]}, so nothing is done to it unless it halts again.`;
  return { reason: "HaltNotShown", message, kind: "wait" };
};

const WORDS = {
  halted: "was started again and shows no halt now",
  healthy: "runs again",
  successor: "is another one by now",
} as const;
