import { waitThenPage } from "./patience.ts";
import type { Check } from "./refusal.ts";

const NAMED = 5;

/** Another pod that was not seen to end may be the same validator: two of them would sign twice. */
export const sameValidatorMayRun: Check = (observation) => {
  const { halt, twins } = observation;
  if (twins.length === 0) return undefined;
  const names = twins.slice(0, NAMED).map(({ pod, shares }) => `${pod} (same ${shares})`);
  const more = twins.length > NAMED ? ` and ${twins.length - NAMED} more` : "";
  const message = `Another pod may run as the same validator as ${halt.spec.podName}: ${names.join(", ")}${more}. It was not seen to end. Stop it, and see it gone: two processes of one validator sign twice.`;
  return { reason: "SameValidatorMayRun", message, kind: waitThenPage(observation) };
};
