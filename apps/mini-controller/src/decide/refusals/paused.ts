import { goesOn } from "../replaced-by-others.ts";
import type { Check } from "./refusal.ts";

export const PAUSED = "Paused";

/** A person stopped everything under this policy, at whatever step it is. */
export const paused: Check<unknown> = (observation) => {
  const { policy } = observation;
  if (!policy?.spec.paused) return undefined;
  const message = { found: `HaltPolicy ${policy.metadata.name} is paused.`, toDo: goesOn(observation) };
  return { reason: PAUSED, message, kind: "hold" };
};
