import { whatOf } from "../../model/workload-sight.ts";
import type { Check } from "./refusal.ts";

/** The policy only wants to know what would be done. */
export const dryRun: Check = ({ policy, workload }, { image }) => {
  if (!policy?.spec.dryRun) return undefined;
  const message = { found: `Would set ${whatOf(workload)} to ${image} and replace the pod.` };
  return { reason: "DryRun", message, kind: "hold" };
};
