import type { Check } from "./refusal.ts";

/** As many nodes as the policy allows are between their swap and their recovery. */
export const waitingForSlot: Check = ({ policy, neighbours }, { step }) => {
  if (policy === undefined || step !== "decide") return undefined;
  const { maxConcurrent } = policy.spec;
  if (neighbours.swapping < maxConcurrent) return undefined;
  return {
    reason: "WaitingForSlot",
    message: `${maxConcurrent} other nodes are being swapped.`,
    kind: "wait",
  };
};
