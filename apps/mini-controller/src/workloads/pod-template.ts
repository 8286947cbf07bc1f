import { type KubeObject, repositoryOf } from "@upgrade-halt/kube";
import type { LabelSelector } from "../api/halt-policy.ts";
import { type Pod, placedContainer } from "../model/pod.ts";
import type { PodGroup } from "../model/pod-group.ts";
import type { WorkloadSight } from "../model/workload-sight.ts";
import { managerOf } from "./manager.ts";

/** What StatefulSets, ReplicaSets and Deployments have in common, as far as it is read. */
export interface TemplatedWorkload extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly selector?: LabelSelector;
    readonly template: {
      readonly metadata?: Pick<Pod["metadata"], "labels">;
      readonly spec: Pick<Pod["spec"], "containers" | "initContainers" | "volumes">;
    };
  };
  readonly status?: { readonly observedGeneration?: number };
}

/** What the controller needs to know of a workload whose pods are made from a template. */
export function templateSight(
  workload: TemplatedWorkload,
  { what, path, container }: { readonly what: string; readonly path: string; readonly container: string },
  groups: readonly PodGroup[],
  replacesPods: boolean,
): WorkloadSight {
  const placed = placedContainer(workload.spec.template.spec, container);
  if (placed === undefined) return { kind: "missing", what: `container ${container} of ${what}` };
  return {
    kind: "found",
    what,
    path,
    pointer: `/spec/template/spec${placed.pointer}/image`,
    uid: workload.metadata.uid,
    generation: workload.metadata.generation,
    image: placed.container.image,
    settled: isSettled(workload),
    replacesPods,
    manager: managerOf(workload),
    groups,
  };
}

/** Image of a container in a workload's template. */
export function imageIn({ spec }: TemplatedWorkload, container: string): string | undefined {
  return placedContainer(spec.template.spec, container)?.container.image;
}

/**
 * Whether the pods of a template may get an image that is set in an object above it: it has the node's container, or one of
 * the image's repository under another name.
 */
export function mayCarry(workload: TemplatedWorkload, container: string, image: string): boolean {
  if (imageIn(workload, container) !== undefined) return true;
  const { containers, initContainers = [] } = workload.spec.template.spec;
  return [...containers, ...initContainers].some((one) => repositoryOf(one.image) === repositoryOf(image));
}

/** Whether the workload's own controller has seen its present spec: only then does a new pod get it. */
export function isSettled({ metadata, status }: TemplatedWorkload): boolean {
  if (status?.observedGeneration === undefined || metadata.generation === undefined) return true;
  return status.observedGeneration >= metadata.generation;
}
