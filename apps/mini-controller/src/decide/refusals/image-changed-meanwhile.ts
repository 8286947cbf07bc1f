import type { Observation } from "../../observe/observation.ts";
import { notYet } from "./not-yet.ts";
import type { Check } from "./refusal.ts";

export type FoundWorkload = Extract<Observation["workload"], { kind: "found" }>;

/** The workload, if it has neither the image that halted nor `image`. */
export function withThirdImage({ halt, workload }: Observation, image: string): FoundWorkload | undefined {
  const isThird = workload.kind === "found" && workload.image !== halt.spec.image && workload.image !== image;
  return isThird ? workload : undefined;
}

/** Somebody else set a third image. */
export const imageChangedMeanwhile: Check = (observation, { image }) => {
  const workload = withThirdImage(observation, image);
  if (workload === undefined) return undefined;
  const message = {
    found: `${workload.what} has ${workload.image}, neither the image that halted (${observation.halt.spec.image}) nor ${image}.`,
    toDo: notYet(observation, image),
  };
  return { reason: "ImageChangedMeanwhile", message, kind: "page" };
};
