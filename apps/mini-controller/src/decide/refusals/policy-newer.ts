import type { Check } from "./refusal.ts";

/** A field that only a newer controller understands may be there to forbid this very act. */
export const policyNewer: Check = ({ policy }) => {
  if (policy?.unread !== undefined) {
    const message = `Another HaltPolicy of this namespace may govern this node and can't be read: ${policy.unread}. Put it right, or upgrade the controller.`;
    return { reason: "PolicyNewer", message, kind: "page" };
  }
  const [field] = policy?.unknown ?? [];
  if (policy === undefined || field === undefined) return undefined;
  const message = `HaltPolicy ${policy.metadata.name} says ${field}, which this controller does not know. Upgrade the controller, or take the field out.`;
  return { reason: "PolicyNewer", message, kind: "page" };
};
