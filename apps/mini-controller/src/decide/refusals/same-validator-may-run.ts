import { advice } from "../../journal/words.ts";
import { waitThenPage } from "../page-timing.ts";
import { mayReplace } from "../replaced-by-others.ts";
import { isReached } from "./reach.ts";
import type { Check } from "./refusal.ts";

/**
 * Another pod that was not seen to end may be the same validator as the one that halted, or as a pod that is restarted
 * with it: two of them would sign twice.
 */
export const sameValidatorMayRun: Check = (observation, proposal) => {
  const { halt, siblings } = observation;
  const restarted = siblings.filter(
    (sibling) => mayReplace(halt, sibling.group) && isReached(observation, proposal, sibling),
  );
  const own = { name: halt.spec.podName, twins: observation.twins };
  const found = [own, ...restarted].find(({ twins }) => twins.length > 0);
  if (found === undefined) return undefined;
  const names = found.twins.map(({ pod, shares }) => `${pod} (same ${shares})`);
  const toDo = advice`Another pod may run as the same validator as ${found.name}: ${names}. It was not seen to end. Two processes of one validator sign twice: see which of the two has the newest signing state and is to go on, stop the other, and see that gone.`;
  return { reason: "SameValidatorMayRun", message: { toDo }, kind: waitThenPage(observation) };
};
