import { named } from "./named.ts";
import { waitThenPage } from "./patience.ts";
import type { Check } from "./refusal.ts";

/** A pod that no policy selects looks like a node of this kind, and nobody knows which validator it is. */
export const strangerNotKnown: Check = (observation) => {
  const { halt } = observation;
  const strangers = observation.strangers.filter(({ starts }) => starts !== true);
  if (strangers.length === 0) return undefined;
  const names = named(strangers.map(({ pod, found }) => `${pod} (${found})`));
  const message = `These pods look like nodes, no HaltPolicy selects them, and they may be the same validator as ${halt.spec.podName}: ${names}. Put each under a policy, let it answer on /status, or stop it: two processes of one validator sign twice.`;
  return { reason: "StrangerNotKnown", message, kind: waitThenPage(observation) };
};
