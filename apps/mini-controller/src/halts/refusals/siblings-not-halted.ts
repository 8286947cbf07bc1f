import type { Observation } from "../observation.ts";
import type { Sibling } from "../siblings.ts";
import { placeOf, type RollingPlace, templateChange } from "../template-change.ts";
import { waitThenPage } from "./patience.ts";
import type { Check, Proposal } from "./refusal.ts";

/** How many of them a message names. */
const NAMED = 5;

/**
 * Other pods of the template would be changed or restarted, now or when they are next made anew, and have not halted
 * for the plan. Missing pods and unknown states count as not halted.
 */
export const siblingsNotHalted: Check = (observation, proposal) => {
  const { halt, workload } = observation;
  if (workload.kind !== "found") return undefined;
  const reached = observation.siblings.filter((sibling) => isReached(observation, proposal, sibling));
  if (reached.length === 0) return undefined;
  const { planName = "of an unknown name", height } = halt.spec;
  const names = reached.slice(0, NAMED).map((sibling) => `${sibling.name} (${wordsFor(sibling)})`);
  const more = reached.length > NAMED ? ` and ${reached.length - NAMED} more` : "";
  const plan = `plan ${planName}${height === undefined ? "" : ` at height ${height}`}`;
  return {
    reason: "SiblingsNotHalted",
    message: `${workload.what} makes these pods from the same template, and they have not halted for ${plan}: ${names.join(", ")}${more}. The image changes when all of them have.`,
    kind: waitThenPage(observation),
  };
};

function wordsFor({ state }: Sibling): string {
  switch (state.kind) {
    case "halted":
      return "halted";
    case "past":
      return "runs past it, and would be restarted";
    case "not-halted":
      return state.found;
  }
}

/** Whether what is proposed would reach a sibling that it must not reach. */
function isReached(observation: Observation, { step, image }: Proposal, sibling: Sibling): boolean {
  if (sibling.state.kind === "halted" || observation.workload.kind !== "found") return false;
  const change = templateChange(observation, image);
  if (step === "delete-pod" || change.kind === "none") return isRolledNext(sibling);
  const place =
    change.partition === undefined ? undefined : placeOf(observation.halt, observation.workload.groups);
  if (place !== undefined) return !isOutside(place, observation.workload, image, sibling);
  if (sibling.group.strategy.kind !== "OnDelete") return true;
  return sibling.state.kind !== "past" && sibling.image !== image;
}

/** Whether a RollingUpdate, which a halted pod holds up, would go on to this pod once that one is gone. */
function isRolledNext({ group, index, uid, revision, image }: Sibling): boolean {
  const { strategy, updateRevision } = group;
  if (strategy.kind !== "RollingUpdate" || uid === undefined) return false;
  if (index === undefined || index < strategy.partition) return false;
  return updateRevision === undefined ? image !== group.image : revision !== updateRevision;
}

/**
 * Whether the partition that is moved to `place` keeps a sibling as it is. Pods below it keep the current revision,
 * also when they are made anew (`isCurrentRevisionNeeded`, kubernetes 1.35), so that must be the one they have now. Pods
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
