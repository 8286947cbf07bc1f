import { advice } from "../../journal/words.ts";
import { pageIfItLasts } from "../page-timing.ts";
import type { Check } from "./refusal.ts";

/** A node that a policy selects was started a moment ago, and has not said yet which validator it is in this run. */
export const nodeStarting: Check = (observation) => {
  const starting = observation.strangers.filter(({ starts }) => starts);
  if (starting.length === 0) return undefined;
  const reason = "NodeStarting";
  const names = starting.map(({ pod, found }) => `${pod} (${found})`);
  const toDo = advice`These nodes may be the same validator as ${observation.halt.spec.podName}: ${names}. Let each answer on /status, or stop it: two processes of one validator sign twice.`;
  return { reason, message: { toDo }, kind: pageIfItLasts(observation, reason) };
};
