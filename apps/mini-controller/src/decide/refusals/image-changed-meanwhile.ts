import type { Check } from "./refusal.ts";

/** Somebody else set a third image since the halt. */
export const imageChangedMeanwhile: Check = ({ halt, workload }, { image }) => {
  if (workload.kind !== "found" || workload.image === halt.spec.image || workload.image === image)
    return undefined;
  const message = `${workload.what} has ${workload.image} by now, neither the image that halted nor ${image}.`;
  return { reason: "ImageChangedMeanwhile", message, kind: "page" };
};
