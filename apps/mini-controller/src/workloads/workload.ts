import type { JsonPatchOperation, KubeObject } from "@upgrade-halt/kube";
import type { CustomResourceTarget, HaltPolicy } from "../api/halt-policy.ts";
import type { WorkloadRef } from "../api/node-halt.ts";
import type { Pod } from "../model/pod.ts";
import type { Strategy } from "../model/pod-group.ts";
import type { WorkloadSight } from "../model/workload-sight.ts";

/** The object that a pod's image comes from, or why the pod truly belongs to none of the wanted kind. */
export type Lineage =
  | { readonly kind: "found"; readonly ref: WorkloadRef }
  | { readonly kind: "none"; readonly why: string };

/** Where an image is set, and how to read it there. One per kind of target. */
export interface WorkloadKind {
  /** Follows the pod's controller references up to the object that holds its image. */
  find(pod: Pod, custom: CustomResourceTarget | undefined): Promise<Lineage>;
  /** The object as it is now, if it still is the one that `target` means and, where a pod is given, has made it. */
  read(target: WorkloadTarget): Promise<WorkloadSight>;
}

/** Which container of which object, in which namespace, under which policy. */
export interface WorkloadTarget {
  readonly namespace: string;
  readonly ref: WorkloadRef;
  readonly container: string;
  readonly policy: HaltPolicy | undefined;
  /** The pod that is there now: it must be one that the object made. */
  readonly pod?: Pod | undefined;
}

/**
 * Why `object` is not the one that `ref` means. A reference without a UID was recorded by an earlier release: then a
 * pod must be there that proves which object is meant.
 */
export function wasReplaced(ref: WorkloadRef, object: KubeObject, pod: Pod | undefined): string | undefined {
  const { name, uid } = object.metadata;
  if (ref.uid !== undefined)
    return ref.uid === uid
      ? undefined
      : `${ref.kind} ${name} was made anew since the halt: its UID was ${ref.uid} and is ${uid}.`;
  return pod === undefined ? `The journal does not say which ${ref.kind} ${name} ran the pod.` : undefined;
}

/** The image to be set, and the partition with it where the pods below it are to stay as they are. */
export interface ImageChange {
  readonly from: string;
  readonly to: string;
  readonly partition?: number;
}

const STRATEGY = "/spec/updateStrategy";

/**
 * The patch that makes the change and nothing else, all of it or none. Its tests make the API server refuse it when the
 * object was made anew, or its spec was written since it was looked at: also one that arrives late, after the image
 * was changed and changed back.
 */
export function imagePatch(
  { pointer, uid, generation, groups }: Extract<WorkloadSight, { kind: "found" }>,
  { from, to, partition }: ImageChange,
): readonly JsonPatchOperation[] {
  const strategy = groups.find((group) => group.uid === uid)?.strategy;
  return [
    { op: "test", path: "/metadata/uid", value: uid },
    ...(generation === undefined
      ? []
      : [{ op: "test", path: "/metadata/generation", value: generation } as const]),
    { op: "test", path: pointer, value: from },
    ...partitionPatch(strategy, partition),
    { op: "replace", path: pointer, value: to },
  ];
}

/**
 * The strategy as it is, with another partition where one is asked for. One that names its type alone, which has no path to a
 * partition, gets 0: without it as many pods as are on the current revision are made anew from that, the lowest ordinals
 * first (`newVersionedStatefulSetPod`, kubernetes 1.35 to 1.37), so a pod that is replaced may keep the image that halted.
 */
function partitionPatch(
  strategy: Strategy | undefined,
  asked: number | undefined,
): readonly JsonPatchOperation[] {
  if (strategy?.kind !== "RollingUpdate") return [];
  const { written } = strategy;
  const namesTypeAlone = written !== undefined && written.rollingUpdate === undefined;
  const partition = asked ?? (namesTypeAlone ? 0 : undefined);
  if (partition === undefined) return [];
  const rollingUpdate = { ...written?.rollingUpdate, partition };
  return [
    ...(written === undefined ? [] : [{ op: "test", path: STRATEGY, value: written } as const]),
    { op: "add", path: STRATEGY, value: { ...written, type: "RollingUpdate", rollingUpdate } },
  ];
}
