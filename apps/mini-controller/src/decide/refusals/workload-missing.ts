import { pageIfItLasts } from "../page-timing.ts";
import type { Check } from "./refusal.ts";

/** There is no object to set the image in. A workload that was not asked for is not missing. */
export const workloadMissing: Check = (observation) => {
  const { workload } = observation;
  if (workload.kind !== "missing") return undefined;
  const reason = "WorkloadMissing";
  const message = { found: `${workload.what} is not there.` };
  return { reason, message, kind: pageIfItLasts(observation, reason) };
};
