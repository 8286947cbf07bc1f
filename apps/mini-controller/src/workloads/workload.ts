import type { CustomResourceTarget, HaltPolicy } from "../api/halt-policy.ts";
import type { WorkloadRef } from "../api/node-halt.ts";
import type { WorkloadSight } from "../halts/observation.ts";
import type { Pod } from "../halts/pod.ts";
import type { JsonPatchOperation } from "../kube/types.ts";

/** Where an image is set, and how to read it there. One per kind of target. */
export interface WorkloadKind {
  /** The object that `pod`'s image comes from; `undefined` when the pod belongs to none of this kind. */
  find(pod: Pod, custom: CustomResourceTarget | undefined): Promise<WorkloadRef | undefined>;
  read(target: WorkloadTarget): Promise<WorkloadSight>;
  /** Images that ran in it before the present one, newest first, each once. */
  previousImages(target: WorkloadTarget): Promise<readonly string[]>;
  /** Pods of it that its roll-out would replace when the image changes, whether they halted or not. */
  rollsOut(target: WorkloadTarget, pods: readonly Pod[]): Promise<readonly Pod[]>;
  /** Whether `pod` was made for this workload: how a successor with another name is found. */
  owns(ref: WorkloadRef, pod: Pod): boolean;
}

/** Which container of which object, in which namespace, under which policy. */
export interface WorkloadTarget {
  readonly namespace: string;
  readonly ref: WorkloadRef;
  readonly container: string;
  readonly policy: HaltPolicy | undefined;
  readonly podName: string;
}

/**
 * The patch that changes the image and nothing else. Its tests make the API server refuse it when the object was
 * made anew, or its spec was written since it was looked at: also one that arrives late, after the image was changed
 * and changed back.
 */
export function imagePatch(
  { pointer, uid, generation }: Extract<WorkloadSight, { kind: "found" }>,
  from: string,
  to: string,
): readonly JsonPatchOperation[] {
  return [
    { op: "test", path: "/metadata/uid", value: uid },
    ...(generation === undefined
      ? []
      : [{ op: "test", path: "/metadata/generation", value: generation } as const]),
    { op: "test", path: pointer, value: from },
    { op: "replace", path: pointer, value: to },
  ];
}
