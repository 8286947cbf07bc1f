import { named } from "../../journal/named.ts";
import { advice } from "../../journal/words.ts";
import { isReplacedByOthers, mayReplace } from "../replaced-by-others.ts";
import { notYet } from "./not-yet.ts";
import { isReached } from "./reach.ts";
import type { Check } from "./refusal.ts";

const SCALE_FIRST = advice`First scale it to 0, and see on their machines that the processes have ended. Then set terminationGracePeriodSeconds to 30 and the image in one edit, and scale it back.`;
const ON_DELETE_FIRST = advice`First set the updateStrategy of the StatefulSet to OnDelete. Then set terminationGracePeriodSeconds to 30 and the image in its template, and delete each pod that has halted by kubectl delete pod --grace-period=30.`;

/**
 * A workload's own controller deletes its pods as their specs say. Of one without a grace period the API server waits for no end: the
 * next would be started beside a process that may still run. What is deleted here has a grace period in any case.
 */
export const podWithoutGrace: Check = (observation, proposal) => {
  const { halt, pod, workload, siblings } = observation;
  if (workload.kind !== "found") return undefined;
  const isOwn =
    isReplacedByOthers(observation) &&
    proposal.step !== "delete-pod" &&
    pod.kind !== "gone" &&
    pod.isTakenAtOnce;
  const rolled = siblings.filter(
    (sibling) =>
      sibling.isTakenAtOnce && mayReplace(halt, sibling.group) && isReached(observation, proposal, sibling),
  );
  const names = [...(isOwn ? [halt.spec.podName] : []), ...rolled.map(({ name }) => name)];
  if (names.length === 0) return undefined;
  const message = {
    found: `spec.terminationGracePeriodSeconds is 0 of these pods, and what replaces them for ${workload.what} would not wait until their processes have ended: ${named(names)}.`,
    toDo: advice`Any edit of the template replaces them so. ${workload.replacesPods ? SCALE_FIRST : ON_DELETE_FIRST}${notYet(observation)}`,
  };
  return { reason: "PodWithoutGrace", message, kind: "page" };
};
