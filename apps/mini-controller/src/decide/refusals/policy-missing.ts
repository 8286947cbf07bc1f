import { policyNameOf } from "../../api/node-halt.ts";
import { advice } from "../../journal/words.ts";
import { pageIfItLasts } from "../page-timing.ts";
import type { Check } from "./refusal.ts";

const REASON = "PolicyMissing";

/** Without a policy nothing says what may be done: nor does one that somebody deleted, and that is there for its finalizers alone. */
export const policyMissing: Check<unknown> = (observation) => {
  const { halt, policy } = observation;
  if (policy?.metadata.deletionTimestamp !== undefined) {
    const message = {
      found: `HaltPolicy ${policy.metadata.name} is being deleted, so nothing is done about this halt.`,
      toDo: advice`See what its finalizers wait for, or apply it again once it is gone.`,
    };
    return { reason: REASON, message, kind: pageIfItLasts(observation, REASON) };
  }
  if (policy !== undefined) return undefined;
  const message = {
    found: `HaltPolicy ${policyNameOf(halt)} is gone or malformed, so nothing is done about this halt.`,
  };
  return { reason: REASON, message, kind: "hold" };
};
