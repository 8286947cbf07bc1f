import type { NodeHalt } from "../api/node-halt.ts";
import { type Advice, advice, NO_ADVICE } from "../journal/words.ts";
import type { PodGroup } from "../model/pod-group.ts";
import type { Observation } from "../observe/observation.ts";

/**
 * Whether the workload's own controller may replace the pod that halted, once its template has another image: a Deployment's does, a
 * StatefulSet's that rolls its updates, and maybe a custom resource's. From then on nobody here can keep that pod.
 */
export function isReplacedByOthers({ halt, workload }: Pick<Observation, "halt" | "workload">): boolean {
  if (workload.kind !== "found") return false;
  return !isOfSet(halt) || workload.groups.some((group) => mayReplace(halt, group));
}

/** Whether the pods of one of the halted workload's groups may be replaced by others, once their template has another image. */
export function mayReplace(halt: NodeHalt, { strategy }: PodGroup): boolean {
  return !isOfSet(halt) || strategy.kind !== "OnDelete";
}

function isOfSet({ spec }: NodeHalt): boolean {
  return spec.workload?.kind === "StatefulSet";
}

/** What a person has to know who stops a swap: what of it others go on with. Empty where they do not. */
export function goesOn({ halt, workload }: Pick<Observation, "halt" | "workload">): Advice {
  const { toImage, fromImage } = halt.status ?? {};
  if (workload.kind !== "found" || workload.image !== toImage) return NO_ADVICE;
  if (!isReplacedByOthers({ halt, workload })) return NO_ADVICE;
  return advice`${workload.what} has ${toImage} already, and may replace pod ${halt.spec.podName} by itself: to keep that pod, set its image back to ${fromImage ?? "what it was"}.`;
}
