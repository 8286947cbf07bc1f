import { advice } from "../../journal/words.ts";
import { notYet } from "./not-yet.ts";
import type { Check } from "./refusal.ts";

/** The policy is about another container by now: an image that it lists is none for the one that halted. */
export const containerChanged: Check = (observation) => {
  const { halt, policy } = observation;
  const { container } = halt.spec;
  if (policy === undefined || policy.spec.container === container) return undefined;
  const message = {
    found: `Container ${container} halted, and HaltPolicy ${policy.metadata.name} names container ${policy.spec.container} by now, so its images are for that one.`,
    toDo: advice`Set spec.container to ${container}, or set the node's image yourself.${notYet(observation)}`,
  };
  return { reason: "ContainerChanged", message, kind: "page" };
};
