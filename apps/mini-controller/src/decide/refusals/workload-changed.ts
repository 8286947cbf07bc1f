import { advice } from "../../journal/words.ts";
import { notYet } from "./not-yet.ts";
import type { Check } from "./refusal.ts";

/**
 * The workload's spec was written since the swap was decided, and nobody knows whether this swap's image was set and
 * written back meanwhile: whoever does that must not be fought.
 */
export const workloadChanged: Check = (observation, { step, image }) => {
  const { halt, workload, setWasRefused } = observation;
  const decided = halt.status?.workloadGeneration;
  if (step !== "set-image" || workload.kind !== "found" || decided === undefined) return undefined;
  if (workload.image === image) return undefined;
  if (setWasRefused || workload.generation === undefined || workload.generation === decided) return undefined;
  const message = {
    found: `${workload.what} was changed since the swap was decided (generation ${decided} then, ${workload.generation} now) and has ${workload.image}.`,
    toDo: advice`Look who changes it, and set the image yourself.${notYet(observation, image)}`,
  };
  return { reason: "WorkloadChanged", message, kind: "page" };
};
