import { ANNOTATION_ACKNOWLEDGED } from "../../api/group.ts";
import { BUDGET_SPENT } from "../../api/node-halt.ts";
import { advice } from "../../journal/words.ts";
import type { Check } from "./refusal.ts";

/**
 * Too many swaps failed under this policy that nobody looked at: no node gets the image any more, not by a swap that was decided before
 * either. A person knows while a page of one of them stands.
 */
export const errorBudgetSpent: Check = ({ policy, neighbours }) => {
  if (policy === undefined) return undefined;
  const { errorBudget } = policy.spec;
  if (neighbours.failed < errorBudget) return undefined;
  const message = {
    found: `${neighbours.failed} swaps failed under this policy and nobody acknowledged them (budget ${errorBudget}).`,
    toDo: advice`Look at them, and annotate each with ${ANNOTATION_ACKNOWLEDGED}=true.`,
  };
  return { reason: BUDGET_SPENT, message, kind: neighbours.isUntold ? "page" : "hold" };
};
