import { policyNameOf } from "../../api/node-halt.ts";
import type { Check } from "./refusal.ts";

/** Without a policy nothing says what may be done. */
export const policyMissing: Check<unknown> = ({ halt, policy }) => {
  if (policy !== undefined) return undefined;
  const message = {
    found: `HaltPolicy ${policyNameOf(halt)} is gone or malformed, so nothing is done about this halt.`,
  };
  return { reason: "PolicyMissing", message, kind: "hold" };
};
