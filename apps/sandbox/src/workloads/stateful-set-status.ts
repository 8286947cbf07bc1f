import { equal, type JsonObject, numberAt, objectAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { isAvailable, isRunningAndReady, isTerminating, replicasOf, revisionOf } from "./pod-state.ts";

/** status of a StatefulSet over its pods; a finished rolling update makes the update revision the current one. */
export function statefulSetStatus(
  set: KubeObject,
  pods: readonly KubeObject[],
  currentRevision: string,
  updateRevision: string,
  now: number,
): JsonObject {
  const minReady = numberAt(set, "spec", "minReadySeconds") ?? 0;
  const count = (matches: (pod: KubeObject) => boolean): number => pods.filter(matches).length;
  const at = (revision: string): number =>
    count((pod) => !isTerminating(pod) && revisionOf(pod) === revision);
  const replicas = pods.length;
  const ready = count(isRunningAndReady);
  const updated = at(updateRevision);
  const isRolling = stringAt(set, "spec", "updateStrategy", "type") !== "OnDelete";
  const wanted = replicasOf(set);
  const isComplete = isRolling && updated === wanted && ready === wanted && replicas === wanted;
  const current = isComplete ? updated : at(currentRevision);
  return {
    observedGeneration: numberAt(set, "metadata", "generation") ?? 0,
    replicas,
    ...(ready === 0 ? {} : { readyReplicas: ready }),
    ...(current === 0 ? {} : { currentReplicas: current }),
    ...(updated === 0 ? {} : { updatedReplicas: updated }),
    currentRevision: isComplete ? updateRevision : currentRevision,
    updateRevision,
    collisionCount: 0,
    availableReplicas: count((pod) => isAvailable(pod, minReady, now)),
  };
}

export function hasStatus(set: KubeObject, status: JsonObject): boolean {
  return equal(objectAt(set, "status"), status);
}
