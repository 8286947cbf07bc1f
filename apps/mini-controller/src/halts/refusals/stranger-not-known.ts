import { waitThenPage } from "./patience.ts";
import type { Check } from "./refusal.ts";

const NAMED = 5;

/** A pod that no policy selects looks like a node of this kind, and nobody knows which validator it is. */
export const strangerNotKnown: Check = (observation) => {
  const { halt, strangers } = observation;
  if (strangers.length === 0) return undefined;
  const names = strangers.slice(0, NAMED).map(({ pod, found }) => `${pod} (${found})`);
  const more = strangers.length > NAMED ? ` and ${strangers.length - NAMED} more` : "";
  const message = `These pods look like nodes, no HaltPolicy selects them, and they may be the same validator as ${halt.spec.podName}: ${names.join(", ")}${more}. Put each under a policy, let it answer on /status, or stop it: two processes of one validator sign twice.`;
  return { reason: "StrangerNotKnown", message, kind: waitThenPage(observation) };
};
