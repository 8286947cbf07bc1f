import { advice } from "../../journal/words.ts";
import { pageIfItLasts } from "../page-timing.ts";
import type { Check } from "./refusal.ts";

/** The API server does not show the object that holds the image. */
export const workloadUnreadable: Check = (observation) => {
  const { workload } = observation;
  if (workload.kind !== "unreadable") return undefined;
  const reason = "WorkloadUnreadable";
  const message = {
    found: `${workload.what} can't be read, so nothing is changed: ${workload.why}.`,
    toDo: advice`Give the controller the right to read it, or see why the API server fails.`,
  };
  return { reason, message, kind: pageIfItLasts(observation, reason) };
};
