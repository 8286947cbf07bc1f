import type { NodeHalt } from "../api/node-halt.ts";
import type { PodGroup } from "../model/pod-group.ts";
import type { Observation } from "../observe/observation.ts";
import { indexIn } from "../observe/siblings.ts";

/** What is still to be changed in a workload so that the halted pod is made anew from another image. */
export type TemplateChange =
  | { readonly kind: "none" }
  /** The image alone, or, with a partition, the image and that in one patch. */
  | { readonly kind: "change"; readonly partition?: number };

/** What has to change in the workload of an observation for its pod to get `image`. */
export function templateChange(
  { halt, policy, workload }: Pick<Observation, "halt" | "policy" | "workload">,
  image: string,
): TemplateChange {
  if (workload.kind !== "found") return { kind: "none" };
  const hasImage = workload.image === image;
  const place = policy?.spec.roll === "OnePartition" ? placeOf(halt, workload.groups) : undefined;
  if (place === undefined) return hasImage ? { kind: "none" } : { kind: "change" };
  if (hasImage && place.partition <= place.index) return { kind: "none" };
  return { kind: "change", partition: place.index };
}

/** A pod's place in a StatefulSet that rolls its updates. */
export interface RollingPlace {
  readonly group: PodGroup;
  readonly index: number;
  readonly partition: number;
}

/** Where the halted pod stands in the StatefulSet that is the target and rolls it; `undefined` in any other case. */
export function placeOf({ spec }: NodeHalt, groups: readonly PodGroup[]): RollingPlace | undefined {
  const [group, ...others] = groups;
  if (spec.workload?.kind !== "StatefulSet" || group === undefined || others.length > 0) return undefined;
  const index = indexIn(group, spec.podName);
  if (index === undefined || group.strategy.kind !== "RollingUpdate") return undefined;
  return { group, index, partition: group.strategy.partition };
}
