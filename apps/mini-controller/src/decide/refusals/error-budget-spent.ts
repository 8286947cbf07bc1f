import type { Check } from "./refusal.ts";

/** Too many swaps failed under this policy that nobody looked at. */
export const errorBudgetSpent: Check = ({ policy, neighbours }, { step }) => {
  if (policy === undefined || step !== "decide") return undefined;
  const { errorBudget } = policy.spec;
  if (neighbours.failed < errorBudget) return undefined;
  const message = `${neighbours.failed} swaps failed under this policy and nobody acknowledged them (budget ${errorBudget}).`;
  return { reason: "ErrorBudgetSpent", message, kind: "hold" };
};
