import { advice } from "../../journal/words.ts";
import { waitThenPage } from "../page-timing.ts";
import type { Check } from "./refusal.ts";

/**
 * Nothing but the NodeHalt itself tells of the halt: anybody who may create one could have written it. A controller that
 * just took over has not read the node's status yet, so a person is told only when that had its time.
 */
export const haltNotSeen: Check<unknown> = (observation) => {
  const { halt, seen, pod } = observation;
  if (halt.status?.seen !== undefined || seen !== undefined) return undefined;
  const found = pod.kind === "gone" ? "is gone" : "shows no such halt";
  const message = {
    found: `Pod ${halt.spec.podName} ${found}, and the controller never saw it halt so.`,
    toDo: advice`Find out who wrote this NodeHalt; delete it if nobody needs it.`,
  };
  return { reason: "HaltNotSeen", message, kind: waitThenPage(observation) };
};
