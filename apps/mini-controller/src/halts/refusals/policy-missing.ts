import type { Check } from "./refusal.ts";

/** Without a policy nothing says what may be done. */
export const policyMissing: Check = ({ halt, policy }) => {
  if (policy !== undefined) return undefined;
  const message = `HaltPolicy ${halt.spec.policyName} is gone or malformed, so nothing is done about this halt.`;
  return { reason: "PolicyMissing", message, kind: "hold" };
};
