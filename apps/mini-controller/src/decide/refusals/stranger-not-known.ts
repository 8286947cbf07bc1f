import { advice } from "../../journal/words.ts";
import { waitThenPage } from "../page-timing.ts";
import type { Check } from "./refusal.ts";

/**
 * A pod that no policy selects looks like a node of this kind, and nobody knows which validator it is; or a second node runs in the pod
 * that halted.
 */
export const strangerNotKnown: Check = (observation) => {
  const { halt } = observation;
  const strangers = observation.strangers.filter(({ starts }) => starts !== true);
  if (strangers.length === 0) return undefined;
  const names = strangers.map(({ pod, found }) => `${pod} (${found})`);
  const toDo = advice`These look like nodes that no HaltPolicy watches, and may be the same validator as ${halt.spec.podName} or run in its pod: ${names}. Put each into a pod of its own under a policy, let it answer on /status, or stop it: two processes of one validator sign twice.`;
  return { reason: "StrangerNotKnown", message: { toDo }, kind: waitThenPage(observation) };
};
