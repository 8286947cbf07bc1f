import type { Observation } from "../../observe/observation.ts";
import type { Sibling } from "../../observe/siblings.ts";
import { placeOf, type RollingPlace, templateChange } from "../template-change.ts";
import type { Proposal } from "./refusal.ts";

/** Whether what is proposed would change or restart a sibling, now or when it is next made anew. */
export function isReached(observation: Observation, { step, image }: Proposal, sibling: Sibling): boolean {
  if (observation.workload.kind !== "found") return false;
  const change = templateChange(observation, image);
  if (step === "delete-pod" || change.kind === "none") return isRolledNext(sibling);
  const place =
    change.partition === undefined ? undefined : placeOf(observation.halt, observation.workload.groups);
  if (place !== undefined) return !isOutside(place, observation.workload, image, sibling);
  // What carries an owner's image on may replace the pods as well.
  if (observation.workload.isOwner) return sibling.image !== image;
  if (sibling.group.strategy.kind !== "OnDelete") return true;
  return sibling.image !== image;
}

/**
 * Whether a RollingUpdate, which a halted pod holds up, would go on to this pod once that one is gone. So may a strategy that is
 * not known.
 */
function isRolledNext({ group, index, uid, revision, image }: Sibling): boolean {
  const { strategy, updateRevision } = group;
  if ((strategy.kind !== "RollingUpdate" && strategy.kind !== "Unknown") || uid === undefined) return false;
  const partition = strategy.kind === "RollingUpdate" ? strategy.partition : 0;
  if (index === undefined || index < partition) return false;
  return updateRevision === undefined ? image !== group.image : revision !== updateRevision;
}

/**
 * Whether the partition that is moved to `place` keeps a sibling as it is. Pods below it keep the current revision,
 * also when they are made anew (`newVersionedStatefulSetPod`, kubernetes 1.35 to 1.37), so that must be the one they have now. Pods
 * above it must have been rolled already.
 */
function isOutside(
  { group, index, partition }: RollingPlace,
  workload: Extract<Observation["workload"], { kind: "found" }>,
  image: string,
  sibling: Sibling,
): boolean {
  const isBegun = workload.image === image;
  if (sibling.index === undefined) return false;
  if (sibling.index > index) return isBegun && sibling.index >= partition;
  const { currentRevision, updateRevision } = group;
  const keepsWhatRuns = isBegun || (workload.settled && currentRevision === updateRevision);
  if (currentRevision === undefined || !keepsWhatRuns) return false;
  return sibling.uid === undefined || sibling.revision === currentRevision;
}
