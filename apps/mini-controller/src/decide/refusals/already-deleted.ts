import { advice } from "../../journal/words.ts";
import { notYet } from "./not-yet.ts";
import type { Check } from "./refusal.ts";

/** A pod was deleted for this halt already, and this is another one that came back as the first. */
export const alreadyDeleted: Check = (observation, { step, image }) => {
  const { halt, pod, workload } = observation;
  const deleted = halt.status?.deletedPodUID;
  if (step !== "delete-pod" || pod.kind === "gone" || deleted === undefined || deleted === pod.uid)
    return undefined;
  const what = workload.kind === "found" ? workload.what : "its owner";
  const message = {
    found: `Pod ${halt.spec.podName} was deleted once and came back with ${pod.image} instead of ${image}.`,
    toDo: advice`It is not deleted again: see whether a partition of ${what}, a RollingUpdate that names none, or a webhook keeps that image.${notYet(observation, image)}`,
  };
  return { reason: "PodKeepsOldImage", message, kind: "page" };
};
