import type { Check } from "./refusal.ts";

/** A person stopped everything under this policy, at whatever step it is. */
export const paused: Check = ({ policy }) =>
  policy?.spec.paused
    ? { reason: "Paused", message: `HaltPolicy ${policy.metadata.name} is paused.`, kind: "hold" }
    : undefined;
