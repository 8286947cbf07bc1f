import { at, numberAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import {
  isAvailable,
  isOver,
  isRunningAndReady,
  isTerminating,
  replicasOf,
  revisionOf,
} from "./pod-state.ts";
import { ordinalOf } from "./stateful-set-pod.ts";

export type SetAction =
  | { readonly kind: "create"; readonly ordinal: number; readonly revision: "current" | "update" }
  | { readonly kind: "delete"; readonly pod: KubeObject };

export interface SetState {
  readonly set: KubeObject;
  readonly pods: readonly KubeObject[];
  readonly updateRevision: string;
  readonly now: number;
}

/**
 * What a StatefulSet does next (updateStatefulSet of kubernetes 1.35, stateful_set_control.go): replace pods that are
 * over, create missing ones, scale down, then update. With OrderedReady each step waits for the pods before it,
 * so an update never gets past a pod that can't become ready (kubernetes#67250).
 */
export function planStatefulSet(state: SetState): readonly SetAction[] {
  const { set, pods } = state;
  const isOrdered = stringAt(set, "spec", "podManagementPolicy") !== "Parallel";
  const start = numberAt(set, "spec", "ordinals", "start") ?? 0;
  const replicas = Array.from({ length: replicasOf(set) }, (_, index) => start + index);
  const podAt = new Map(pods.map((pod) => [ordinalOf(pod), pod]));
  const actions: SetAction[] = [];
  for (const ordinal of replicas) {
    const step = planReplica(state, ordinal, podAt.get(ordinal), isOrdered);
    actions.push(...step.actions);
    if (step.blocks) return actions;
  }
  const extra = pods.filter((pod) => ordinalOf(pod) >= 0 && !replicas.includes(ordinalOf(pod)));
  const condemned = extra.toSorted((left, right) => ordinalOf(right) - ordinalOf(left));
  for (const pod of condemned) {
    if (!isTerminating(pod)) actions.push({ kind: "delete", pod });
    if (isOrdered) return actions;
  }
  return [...actions, ...planUpdate(state, replicas, podAt)];
}

interface ReplicaStep {
  readonly actions: readonly SetAction[];
  readonly blocks: boolean;
}

function planReplica(
  state: SetState,
  ordinal: number,
  pod: KubeObject | undefined,
  isOrdered: boolean,
): ReplicaStep {
  if (pod === undefined) {
    return {
      actions: [{ kind: "create", ordinal, revision: revisionFor(state.set, ordinal) }],
      blocks: isOrdered,
    };
  }
  if (isOver(pod)) return { actions: isTerminating(pod) ? [] : [{ kind: "delete", pod }], blocks: true };
  const minReady = numberAt(state.set, "spec", "minReadySeconds") ?? 0;
  const isSettled = !isTerminating(pod) && isRunningAndReady(pod) && isAvailable(pod, minReady, state.now);
  return { actions: [], blocks: isOrdered && !isSettled };
}

/**
 * New pods below the partition of a rolling update still get the current revision, and where the type alone is named as many
 * as the status says are on it (newVersionedStatefulSetPod).
 */
function revisionFor(set: KubeObject, ordinal: number): "current" | "update" {
  if (stringAt(set, "spec", "updateStrategy", "type") !== "RollingUpdate") return "update";
  const start = numberAt(set, "spec", "ordinals", "start") ?? 0;
  const hasPartition = at(set, "spec", "updateStrategy", "rollingUpdate") !== undefined;
  const kept = hasPartition
    ? numberAt(set, "spec", "updateStrategy", "rollingUpdate", "partition")
    : numberAt(set, "status", "currentReplicas");
  return ordinal < start + (kept ?? 0) ? "current" : "update";
}

/** RollingUpdate: from the highest ordinal down, one pod at a time, each only when those above it are available. */
function planUpdate(
  { set, updateRevision, now }: SetState,
  replicas: readonly number[],
  podAt: ReadonlyMap<number, KubeObject>,
): readonly SetAction[] {
  if (stringAt(set, "spec", "updateStrategy", "type") === "OnDelete") return [];
  const partition = numberAt(set, "spec", "updateStrategy", "rollingUpdate", "partition") ?? 0;
  const minReady = numberAt(set, "spec", "minReadySeconds") ?? 0;
  for (const ordinal of replicas.slice(partition).toReversed()) {
    const pod = podAt.get(ordinal);
    if (pod === undefined) return [];
    if (revisionOf(pod) !== updateRevision && !isTerminating(pod)) return [{ kind: "delete", pod }];
    if (!isAvailable(pod, minReady, now)) return [];
  }
  return [];
}
