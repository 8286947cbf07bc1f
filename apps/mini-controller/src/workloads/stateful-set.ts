import type { WorkloadRef } from "../api/node-halt.ts";
import { hasCode } from "../controller-error.ts";
import type { WorkloadSight } from "../halts/observation.ts";
import type { Pod } from "../halts/pod.ts";
import { objectPath, STATEFUL_SETS } from "../kube/paths.ts";
import type { KubeApi } from "../kube/types.ts";
import { type TemplatedWorkload, templateSight } from "./pod-template.ts";
import { revisionImages } from "./revision-history.ts";
import type { WorkloadKind, WorkloadTarget } from "./workload.ts";

/** The StatefulSet that owns a pod, by the pod's owner references. */
export function statefulSetOf({ metadata }: Pod): string | undefined {
  return metadata.ownerReferences?.find(
    ({ kind, apiVersion }) => kind === "StatefulSet" && apiVersion === "apps/v1",
  )?.name;
}

/**
 * A StatefulSet's pod template. Neither strategy replaces a halted pod by itself: OnDelete never does, and
 * RollingUpdate waits for a broken pod for ever (kubernetes#67250). So the pod is deleted once the StatefulSet
 * has taken notice of the image.
 */
export class StatefulSetWorkload implements WorkloadKind {
  readonly #api: KubeApi;

  constructor(api: KubeApi) {
    this.#api = api;
  }

  async find(pod: Pod): Promise<WorkloadRef | undefined> {
    const name = statefulSetOf(pod);
    return name === undefined ? undefined : statefulSetRef(name);
  }

  async read({ namespace, ref, container }: WorkloadTarget): Promise<WorkloadSight> {
    const what = `StatefulSet ${namespace}/${ref.name}`;
    const path = objectPath(STATEFUL_SETS, namespace, ref.name);
    try {
      return templateSight(await this.#api.get<TemplatedWorkload>(path), { what, path, container }, false);
    } catch (error) {
      if (hasCode(error, "not-found")) return { kind: "missing", what };
      throw error;
    }
  }

  async previousImages({ namespace, ref, container }: WorkloadTarget): Promise<readonly string[]> {
    const { metadata } = await this.#api.get<TemplatedWorkload>(
      objectPath(STATEFUL_SETS, namespace, ref.name),
    );
    return revisionImages(this.#api, namespace, { name: ref.name, uid: metadata.uid }, container);
  }

  async rollsOut({ namespace, ref }: WorkloadTarget, pods: readonly Pod[]): Promise<readonly Pod[]> {
    if (pods.length <= 1) return [];
    const { spec } = await this.#api.get<TemplatedWorkload>(objectPath(STATEFUL_SETS, namespace, ref.name));
    return spec.updateStrategy?.type === "OnDelete" ? [] : pods;
  }

  owns(ref: WorkloadRef, pod: Pod): boolean {
    return statefulSetOf(pod) === ref.name;
  }
}

function statefulSetRef(name: string): WorkloadRef {
  return { apiVersion: "apps/v1", kind: "StatefulSet", resource: "statefulsets", name };
}
