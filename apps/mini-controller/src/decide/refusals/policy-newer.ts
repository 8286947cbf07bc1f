import { advice } from "../../journal/words.ts";
import type { Check } from "./refusal.ts";

/** A field that only a newer controller understands may be there to forbid this very act. */
export const policyNewer: Check = ({ policy }) => {
  if (policy?.unread !== undefined) {
    const message = {
      found: `Another HaltPolicy of this namespace may govern this node and can't be read: ${policy.unread}.`,
      toDo: advice`Put it right, or upgrade the controller.`,
    };
    return { reason: "PolicyNewer", message, kind: "page" };
  }
  const [field] = policy?.unknown ?? [];
  if (policy === undefined || field === undefined) return undefined;
  const message = {
    found: `HaltPolicy ${policy.metadata.name} says ${field}, which this controller does not know.`,
    toDo: advice`Upgrade the controller, or take the field out.`,
  };
  return { reason: "PolicyNewer", message, kind: "page" };
};
