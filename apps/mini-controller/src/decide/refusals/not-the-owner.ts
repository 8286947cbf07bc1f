import type { Check } from "./refusal.ts";

/** The object is there, and the pod is none that it made. */
export const notTheOwner: Check = ({ workload }) => {
  if (workload.kind !== "disowned") return undefined;
  const message = `Not changed, since it cannot be proven whose it is: ${workload.why}`;
  return { reason: "NotTheOwner", message, kind: "page" };
};
