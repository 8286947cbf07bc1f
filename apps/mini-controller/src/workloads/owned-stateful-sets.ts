import { type KubeApi, type KubeObject, listWanted } from "@upgrade-halt/kube";
import { isControlledBy } from "../kube/owner-reference.ts";
import { collectionPath, STATEFUL_SETS } from "../kube/paths.ts";
import type { Pod } from "../model/pod.ts";
import type { PodGroup } from "../model/pod-group.ts";
import { managerOf } from "./manager.ts";
import { imageIn, isSettled } from "./pod-template.ts";
import { groupOf, notMadeBy, type StatefulSet, whyTooMany } from "./stateful-set.ts";

export async function statefulSetsIn(api: KubeApi, namespace: string): Promise<readonly StatefulSet[]> {
  return await listWanted<StatefulSet>(api, collectionPath(STATEFUL_SETS, namespace), () => true);
}

/** Whether the StatefulSets that run the container have its image, and have taken notice of it. */
export function areSettled(sets: readonly StatefulSet[], container: string, image: string): boolean {
  const carriers = sets.filter((set) => imageIn(set, container) !== undefined);
  return carriers.length > 0 && carriers.every((set) => isSettled(set) && imageIn(set, container) === image);
}

/** Why `pod` is run by none of the StatefulSets (`sets`) that the custom resource controls. */
export function notRunBy(
  what: string,
  object: KubeObject,
  sets: readonly StatefulSet[],
  pod: Pod,
): string | undefined {
  if (object.metadata.deletionTimestamp !== undefined) return `${what} is being deleted.`;
  const set = sets.find(({ metadata }) => isControlledBy(pod, metadata.uid));
  if (set === undefined) return `Pod ${pod.metadata.name} is run by no StatefulSet that ${what} controls.`;
  const tooMany = sets.map(whyTooMany).find((why) => why !== undefined);
  return tooMany ?? notMadeBy(set, pod);
}

/**
 * The pods of a StatefulSet that another object gives its image to. One of no replicas is parked, and counts as a node that is
 * missing: whoever scales it up again starts what its template says then.
 */
export function carriedGroup(set: StatefulSet, container: string): PodGroup {
  const group = groupOf(set, container);
  const parked = `${set.metadata.name}-${set.spec.ordinals?.start ?? 0}`;
  return group.podNames.length > 0 ? group : { ...group, podNames: [parked] };
}

/** The object's image, and how it is set; `missing` where its field has none. */
export function imageFieldOf(
  object: KubeObject,
  { what, path, imagePath }: { readonly what: string; readonly path: string; readonly imagePath: string },
) {
  const fields = imagePath.split(".");
  const image = fieldOf(object, fields);
  if (typeof image !== "string") return { kind: "missing", what: `${fields.join(".")} of ${what}` } as const;
  const { uid, generation } = object.metadata;
  const where = { what, path, pointer: `/${fields.join("/")}`, uid, generation };
  return { kind: "found", ...where, image, replacesPods: false, manager: managerOf(object) } as const;
}

export function fieldOf(object: unknown, [first, ...rest]: readonly string[]): unknown {
  if (first === undefined) return object;
  if (typeof object !== "object" || object === null || !Object.hasOwn(object, first)) return undefined;
  return fieldOf((object as Record<string, unknown>)[first], rest);
}
