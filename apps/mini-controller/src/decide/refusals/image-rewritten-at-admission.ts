import { advice } from "../../journal/words.ts";
import type { PodSight } from "../../observe/observation.ts";
import { type FoundWorkload, withThirdImage } from "./image-changed-meanwhile.ts";
import { notYet } from "./not-yet.ts";
import type { Check } from "./refusal.ts";

/** The pod has another image than the very template that it was made from: so will the next one, whatever is set there. */
export const imageRewrittenAtAdmission: Check = (observation, { image }) => {
  const { halt, pod } = observation;
  const workload = withThirdImage(observation, image);
  if (workload === undefined) return undefined;
  if (pod.kind !== "halted" || pod.uid !== halt.spec.podUID || !isMadeFrom(workload, pod)) return undefined;
  const found = `${workload.what} says ${workload.image}, and pod ${halt.spec.podName}, which was made from that, has ${pod.image}: something rewrites it as the pod is made, such as an admission webhook. Nobody can say what would come of ${image}.`;
  const toDo = advice`Let the workload and the policy name images as its pods get them, or set the image yourself.${notYet(observation, image)}`;
  return { reason: "ImageRewrittenAtAdmission", message: { found, toDo }, kind: "page" };
};

/** Whether the pod was made from the template as it is now. */
function isMadeFrom(
  { groups, image, generation }: FoundWorkload,
  { controller, revision }: Extract<PodSight, { kind: "halted" }>,
): boolean {
  const group = groups.find(({ uid }) => uid === controller);
  // Where its template is not known, it is the first one if nobody ever wrote the workload's spec.
  if (group === undefined) return generation === 1;
  if (group.image !== image) return false;
  // A ReplicaSet has one template for ever; a StatefulSet says from which of its own a pod was made.
  const isOfDeployment = group.strategy.kind === "Recreate" || group.strategy.kind === "Surge";
  return isOfDeployment || (revision !== undefined && revision === group.updateRevision);
}
