import type { KubeApi, KubeObject } from "@upgrade-halt/kube";
import type { CustomResourceTarget } from "../api/halt-policy.ts";
import { getIfThere, isControlledBy, readController } from "../kube/owner-reference.ts";
import { objectPath, resourceOf } from "../kube/paths.ts";
import type { Pod } from "../model/pod.ts";
import type { WorkloadSight } from "../model/workload-sight.ts";
import { controlledByOne, deployedBelow, replicaSetsIn } from "./deployed-below.ts";
import { areSettled, carriedGroup, imageFieldOf, notRunBy, statefulSetsIn } from "./owned-stateful-sets.ts";
import { findOwner, isOwnerIn, readOwner } from "./owner.ts";
import { mayCarry } from "./pod-template.ts";
import { readStatefulSetOf } from "./stateful-set.ts";
import { type Lineage, type WorkloadKind, type WorkloadTarget, wasReplaced } from "./workload.ts";

/**
 * A custom resource such as Sei's SeiNode, whose own controller carries the image on to a StatefulSet. The halted
 * pod is deleted when that StatefulSet has the image (SeiNode's is OnDelete).
 */
export class CustomResourceWorkload implements WorkloadKind {
  readonly #api: KubeApi;

  constructor(api: KubeApi) {
    this.#api = api;
  }

  /**
   * Pod -> StatefulSet -> custom resource, each by a controller reference whose UID is that of the live object. A label
   * that the policy names must agree, and decides nothing alone.
   */
  async find(pod: Pod, custom: CustomResourceTarget | undefined): Promise<Lineage> {
    if (custom === undefined) return { kind: "none", why: "The policy names no custom resource." };
    const { apiVersion, kind, resource, nameLabel } = custom;
    const set = await readStatefulSetOf(this.#api, pod);
    if (set.kind === "disowned") return { kind: "none", why: set.why };
    const whose = `StatefulSet ${set.owner.metadata.name}`;
    const ownerKind = { apiVersion, kind, resource: resourceOf(apiVersion, resource) };
    const object = await readController<KubeObject>(this.#api, set.owner, whose, ownerKind);
    if (object.kind === "disowned") return { kind: "none", why: object.why };
    const { name, uid = "" } = object.owner.metadata;
    const label = nameLabel === undefined ? name : pod.metadata.labels?.[nameLabel];
    if (label !== name) {
      const why = `Label ${nameLabel} of pod ${pod.metadata.name} says ${label ?? "nothing"}, and its controller is ${kind} ${name}.`;
      return { kind: "none", why };
    }
    const above = await findOwner(this.#api, object.owner, custom);
    return above ?? { kind: "found", ref: { apiVersion, kind, resource, name, uid } };
  }

  async read(target: WorkloadTarget): Promise<WorkloadSight> {
    const { namespace, ref, container, pod, policy } = target;
    const custom = policy?.spec.target.customResource;
    if (isOwnerIn(custom, ref)) return await readOwner(this.#api, target, custom);
    const what = `${ref.kind} ${namespace}/${ref.name}`;
    const path = objectPath(resourceOf(ref.apiVersion, ref.resource), namespace, ref.name);
    const [object, sets, replicaSets] = await Promise.all([
      getIfThere<KubeObject>(this.#api, path),
      statefulSetsIn(this.#api, namespace),
      replicaSetsIn(this.#api, namespace),
    ]);
    if (object === undefined) return { kind: "missing", what };
    const own = sets.filter((set) => isControlledBy(set, object.metadata.uid));
    const why = wasReplaced(ref, object, pod) ?? (pod && notRunBy(what, object, own, pod));
    if (why !== undefined) return { kind: "disowned", what, why };
    const found = imageFieldOf(object, { what, path, imagePath: custom?.imagePath ?? "spec.image" });
    if (found.kind === "missing") return found;
    const carried = { container, image: found.image };
    const deployed = await deployedBelow(this.#api, replicaSets, carried, controlledByOne([object]));
    const carriers = own.filter((set) => mayCarry(set, container, found.image));
    return {
      ...found,
      settled: areSettled(own, container, found.image),
      groups: [...carriers.map((set) => carriedGroup(set, container)), ...deployed],
    };
  }
}
