import { policyNameOf } from "../../api/node-halt.ts";
import { advice } from "../../journal/words.ts";
import { notYet } from "./not-yet.ts";
import type { Check } from "./refusal.ts";

/** The pod was taken out of the selector, or its policy out of the namespace, and none has taken it over. */
export const podNotSelected: Check = (observation) => {
  const { halt, selected } = observation;
  if (selected) return undefined;
  const message = {
    found: `No HaltPolicy selects pod ${halt.spec.podName} any more (${policyNameOf(halt)} did).`,
    toDo: advice`Put it back under a policy, or set its image yourself.${notYet(observation)}`,
  };
  return { reason: "PodNotSelected", message, kind: "page" };
};
