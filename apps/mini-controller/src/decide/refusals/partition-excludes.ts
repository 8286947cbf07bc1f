import { advice, NO_ADVICE } from "../../journal/words.ts";
import { indexIn } from "../../observe/siblings.ts";
import { templateChange } from "../template-change.ts";
import { notYet } from "./not-yet.ts";
import type { Check } from "./refusal.ts";

/** A partition that somebody else set keeps the halted pod on the image that halted, however often it is replaced. */
export const partitionExcludes: Check = (observation, { image }) => {
  const { halt, workload, siblings } = observation;
  if (workload.kind !== "found") return undefined;
  const change = templateChange(observation, image);
  const isOurs = workload.image === image && change.kind === "change";
  for (const { what, uid, strategy, podNames } of isOurs ? [] : workload.groups) {
    const index = indexIn({ podNames }, halt.spec.podName);
    if (index === undefined || strategy.kind !== "RollingUpdate" || index >= strategy.partition) continue;
    const above = siblings.filter((one) => one.group.uid === uid && (one.index ?? -1) > index);
    const notLower = index === 0 ? NO_ADVICE : advice`, and not lower: that would restart the pods before it`;
    const message = {
      found: `${what} has updateStrategy.rollingUpdate.partition ${strategy.partition}, so a new pod ${halt.spec.podName} would have the image that halted.`,
      toDo: advice`Set the partition to ${String(index)}${notLower}.${notYet({ siblings: above })}`,
    };
    return { reason: "PartitionExcludes", message, kind: "page" };
  }
  return undefined;
};
