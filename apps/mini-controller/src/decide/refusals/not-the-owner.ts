import { BY_HAND } from "../../journal/by-hand.ts";
import type { Check } from "./refusal.ts";

/** The object is there, and the pod is none that it made. */
export const notTheOwner: Check = ({ workload }) => {
  if (workload.kind !== "disowned") return undefined;
  const message = {
    found: `Not changed, since it cannot be proven whose it is: ${workload.why}`,
    toDo: BY_HAND,
  };
  return { reason: "NotTheOwner", message, kind: "page" };
};
