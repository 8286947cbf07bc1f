import type { Check } from "./refusal.ts";

/** A field that only a newer controller understands may be there to forbid this very act. */
export const policyNewer: Check = ({ policy }) => {
  const [field] = policy?.unknown ?? [];
  if (policy === undefined || field === undefined) return undefined;
  const message = `HaltPolicy ${policy.metadata.name} says ${field}, which this controller does not know. Upgrade the controller, or take the field out.`;
  return { reason: "PolicyNewer", message, kind: "page" };
};
