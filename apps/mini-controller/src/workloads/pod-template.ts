import type { KubeObject } from "@upgrade-halt/kube";
import type { LabelSelector } from "../api/halt-policy.ts";
import type { PodContainer } from "../model/pod.ts";
import type { PodGroup } from "../model/pod-group.ts";
import type { WorkloadSight } from "../model/workload-sight.ts";
import { managerOf } from "./manager.ts";

/** What StatefulSets, ReplicaSets and Deployments have in common, as far as it is read. */
export interface TemplatedWorkload extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly selector?: LabelSelector;
    readonly template: { readonly spec: { readonly containers: readonly PodContainer[] } };
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
  const { containers } = workload.spec.template.spec;
  const index = containers.findIndex(({ name }) => name === container);
  const image = containers[index]?.image;
  if (image === undefined) return { kind: "missing", what: `container ${container} of ${what}` };
  return {
    kind: "found",
    what,
    path,
    pointer: `/spec/template/spec/containers/${index}/image`,
    uid: workload.metadata.uid,
    generation: workload.metadata.generation,
    image,
    settled: isSettled(workload),
    replacesPods,
    manager: managerOf(workload),
    groups,
  };
}

/** Image of a container in a workload's template. */
export function imageIn({ spec }: TemplatedWorkload, container: string): string | undefined {
  return spec.template.spec.containers.find(({ name }) => name === container)?.image;
}

/** Whether the workload's own controller has seen its present spec: only then does a new pod get it. */
export function isSettled({ metadata, status }: TemplatedWorkload): boolean {
  if (status?.observedGeneration === undefined || metadata.generation === undefined) return true;
  return status.observedGeneration >= metadata.generation;
}
