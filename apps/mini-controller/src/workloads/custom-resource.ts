import type { CustomResourceTarget } from "../api/halt-policy.ts";
import type { WorkloadRef } from "../api/node-halt.ts";
import { ControllerError, hasCode } from "../controller-error.ts";
import type { WorkloadSight } from "../halts/observation.ts";
import type { Pod } from "../halts/pod.ts";
import { objectPath, resourceOf, STATEFUL_SETS } from "../kube/paths.ts";
import type { KubeApi, KubeObject } from "../kube/types.ts";
import { StatefulSetWorkload, statefulSetOf } from "./stateful-set.ts";
import type { WorkloadKind, WorkloadTarget } from "./workload.ts";

/**
 * A custom resource such as Sei's SeiNode, whose own controller carries the image on to a StatefulSet. The halted
 * pod is deleted when that StatefulSet has the image (SeiNode's is OnDelete).
 */
export class CustomResourceWorkload implements WorkloadKind {
  readonly #api: KubeApi;
  readonly #statefulSets: StatefulSetWorkload;

  constructor(api: KubeApi) {
    this.#api = api;
    this.#statefulSets = new StatefulSetWorkload(api);
  }

  /** The object that the pod's label names, or the owner of the pod or of its StatefulSet. */
  async find(pod: Pod, custom: CustomResourceTarget | undefined): Promise<WorkloadRef | undefined> {
    if (custom === undefined) return undefined;
    const name =
      custom.nameLabel === undefined
        ? await this.#ownerName(pod, custom.kind)
        : pod.metadata.labels?.[custom.nameLabel];
    const { apiVersion, kind, resource } = custom;
    return name === undefined ? undefined : { apiVersion, kind, resource, name };
  }

  async read(target: WorkloadTarget): Promise<WorkloadSight> {
    const { namespace, ref } = target;
    const what = `${ref.kind} ${namespace}/${ref.name}`;
    const path = objectPath(resourceOf(ref.apiVersion, ref.resource), namespace, ref.name);
    const fields = (target.policy?.spec.target.customResource?.imagePath ?? "spec.image").split(".");
    try {
      const object = await this.#api.get<KubeObject>(path);
      const image = fieldOf(object, fields);
      if (typeof image !== "string") return { kind: "missing", what: `${fields.join(".")} of ${what}` };
      const settled = await this.#isCarriedOn(target, image);
      const pointer = `/${fields.join("/")}`;
      return {
        kind: "found",
        what,
        path,
        pointer,
        uid: object.metadata.uid,
        generation: object.metadata.generation,
        image,
        settled,
        replacesPods: false,
      };
    } catch (error) {
      if (hasCode(error, "not-found")) return { kind: "missing", what };
      throw error;
    }
  }

  async previousImages(target: WorkloadTarget): Promise<readonly string[]> {
    return await this.#statefulSets.previousImages(statefulSetTarget(target));
  }

  async rollsOut(target: WorkloadTarget, pods: readonly Pod[]): Promise<readonly Pod[]> {
    return await this.#statefulSets.rollsOut(statefulSetTarget(target), pods);
  }

  /** A pod that takes the halted one's place has its name, as StatefulSets give names. */
  owns(): boolean {
    return false;
  }

  async #isCarriedOn(target: WorkloadTarget, image: string): Promise<boolean> {
    const sight = await this.#statefulSets.read(statefulSetTarget(target));
    return sight.kind === "found" && sight.settled && sight.image === image;
  }

  async #ownerName(pod: Pod, kind: string): Promise<string | undefined> {
    const direct = pod.metadata.ownerReferences?.find((owner) => owner.kind === kind)?.name;
    const statefulSet = statefulSetOf(pod);
    if (direct !== undefined || statefulSet === undefined) return direct;
    const path = objectPath(STATEFUL_SETS, pod.metadata.namespace ?? "", statefulSet);
    const { metadata } = await this.#api.get<KubeObject>(path);
    return metadata.ownerReferences?.find((owner) => owner.kind === kind)?.name;
  }
}

/** StatefulSets name their pods after themselves and an ordinal, which tells their name when the pod is gone. */
function statefulSetTarget(target: WorkloadTarget): WorkloadTarget {
  const name = target.podName.replace(/-\d+$/, "");
  if (name === "")
    throw new ControllerError("bad-reference", `pod ${target.podName} belongs to no StatefulSet`);
  return { ...target, ref: { apiVersion: "apps/v1", kind: "StatefulSet", resource: "statefulsets", name } };
}

function fieldOf(object: unknown, [first, ...rest]: readonly string[]): unknown {
  if (first === undefined) return object;
  if (typeof object !== "object" || object === null) return undefined;
  return fieldOf((object as Record<string, unknown>)[first], rest);
}
