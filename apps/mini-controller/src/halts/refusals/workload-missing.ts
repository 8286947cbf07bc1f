import { whatOf } from "../observation.ts";
import type { Check } from "./refusal.ts";

/** There is no object to set the image in. */
export const workloadMissing: Check = ({ workload }) =>
  workload.kind === "found"
    ? undefined
    : { reason: "WorkloadMissing", message: `${whatOf(workload)} is not there.`, kind: "page" };
