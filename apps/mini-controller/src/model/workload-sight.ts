import type { Pod } from "./pod.ts";
import type { PodGroup } from "./pod-group.ts";

/** Somebody else who decides a workload's image, and writes it back after any change. */
export interface Manager {
  /** What manages the object, as a person would look for it. */
  readonly who: string;
  /** How that is known: an owner reference, or the mark of a tool. */
  readonly by: string;
}

/** The object that holds the image, as it is now. */
export type WorkloadSight =
  /** Nothing depends on it at this phase. */
  | { readonly kind: "not-asked" }
  | { readonly kind: "missing"; readonly what: string }
  /** The API server does not show it, and says why. */
  | { readonly kind: "unreadable"; readonly what: string; readonly why: string }
  /** There is such an object, and the pod is none of its own. */
  | { readonly kind: "disowned"; readonly what: string; readonly why: string }
  | {
      readonly kind: "found";
      readonly what: string;
      /** URL path of the object, and RFC 6901 pointer of the field that holds the image. */
      readonly path: string;
      readonly pointer: string;
      readonly uid: string | undefined;
      /** Which of its specs this is: any change of it has a greater one. */
      readonly generation: number | undefined;
      /** Image in it now. */
      readonly image: string;
      /** Its own controller has taken notice of that image, so a pod made now gets it. */
      readonly settled: boolean;
      /** It replaces its pods by itself, so the halted one is not deleted. */
      readonly replacesPods: boolean;
      /** It writes the image into objects that it controls, every so often. */
      readonly isOwner?: boolean | undefined;
      /** Who else decides the image, and would write it back. */
      readonly manager?: Manager | undefined;
      /** The pods that are made from the template. */
      readonly groups: readonly PodGroup[];
    };

/** A workload in words. */
export function whatOf(workload: WorkloadSight): string {
  return workload.kind === "not-asked" ? "The workload" : workload.what;
}

/** Labels of a pod of this name that is made from the workload's template now, and by its own controller. */
export function podLabelsIn(
  workload: WorkloadSight,
  podName: string,
): Readonly<Record<string, string>> | undefined {
  if (workload.kind !== "found") return undefined;
  const group = workload.groups.find(
    ({ podLabels, podNames }) =>
      podLabels !== undefined && (podNames.length === 0 || podNames.includes(podName)),
  );
  if (group?.podNames.length === 0) return group.podLabels;
  const ordinal = podName.slice(podName.lastIndexOf("-") + 1);
  const own = {
    "statefulset.kubernetes.io/pod-name": podName,
    "apps.kubernetes.io/pod-index": ordinal,
  };
  return group && { ...group.podLabels, ...own };
}

/** What a pod made from the workload's template now would run and mount in the place of `pod`. */
export function podSpecFor(workload: WorkloadSight, pod: Pod): Pod["spec"] | undefined {
  if (workload.kind !== "found") return undefined;
  const owners = new Set((pod.metadata.ownerReferences ?? []).map(({ uid }) => uid));
  return workload.groups.find(({ uid }) => owners.has(uid))?.podSpec;
}
