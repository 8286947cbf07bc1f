import type { CustomResourceTarget } from "../api/halt-policy.ts";
import { listWanted } from "../kube/list-pages.ts";
import { getIfThere, isControlledBy, readController } from "../kube/owner-reference.ts";
import { collectionPath, objectPath, resourceOf, STATEFUL_SETS } from "../kube/paths.ts";
import type { KubeApi, KubeObject } from "../kube/types.ts";
import type { Pod } from "../model/pod.ts";
import type { WorkloadSight } from "../model/workload-sight.ts";
import { managerOf } from "./manager.ts";
import { imageIn, isSettled } from "./pod-template.ts";
import { groupOf, notMadeBy, readStatefulSetOf, type StatefulSet } from "./stateful-set.ts";
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
    return { kind: "found", ref: { apiVersion, kind, resource, name, uid } };
  }

  async read(target: WorkloadTarget): Promise<WorkloadSight> {
    const { namespace, ref, container, pod } = target;
    const what = `${ref.kind} ${namespace}/${ref.name}`;
    const path = objectPath(resourceOf(ref.apiVersion, ref.resource), namespace, ref.name);
    const fields = (target.policy?.spec.target.customResource?.imagePath ?? "spec.image").split(".");
    const [object, sets] = await Promise.all([
      getIfThere<KubeObject>(this.#api, path),
      this.#statefulSets(namespace),
    ]);
    if (object === undefined) return { kind: "missing", what };
    const own = sets.filter((set) => isControlledBy(set, object.metadata.uid));
    const why = wasReplaced(ref, object, pod) ?? (pod && notRunBy(what, object, own, pod));
    if (why !== undefined) return { kind: "disowned", what, why };
    const image = fieldOf(object, fields);
    if (typeof image !== "string") return { kind: "missing", what: `${fields.join(".")} of ${what}` };
    const carriers = own.filter((set) => imageIn(set, container) !== undefined);
    return {
      kind: "found",
      what,
      path,
      pointer: `/${fields.join("/")}`,
      uid: object.metadata.uid,
      generation: object.metadata.generation,
      image,
      settled:
        carriers.length > 0 && carriers.every((set) => isSettled(set) && imageIn(set, container) === image),
      replacesPods: false,
      manager: managerOf(object),
      groups: own.map((set) => groupOf(set, container)),
    };
  }

  async #statefulSets(namespace: string): Promise<readonly StatefulSet[]> {
    return await listWanted<StatefulSet>(this.#api, collectionPath(STATEFUL_SETS, namespace), () => true);
  }
}

/** Why `pod` is run by none of the StatefulSets (`sets`) that the custom resource controls. */
function notRunBy(
  what: string,
  object: KubeObject,
  sets: readonly StatefulSet[],
  pod: Pod,
): string | undefined {
  if (object.metadata.deletionTimestamp !== undefined) return `${what} is being deleted.`;
  const set = sets.find(({ metadata }) => isControlledBy(pod, metadata.uid));
  if (set === undefined) return `Pod ${pod.metadata.name} is run by no StatefulSet that ${what} controls.`;
  return notMadeBy(set, pod);
}

function fieldOf(object: unknown, [first, ...rest]: readonly string[]): unknown {
  if (first === undefined) return object;
  if (typeof object !== "object" || object === null || !Object.hasOwn(object, first)) return undefined;
  return fieldOf((object as Record<string, unknown>)[first], rest);
}
