import type { HaltPolicy } from "../api/halt-policy.ts";
import { perObject } from "../per-object.ts";
import { matchesLabels } from "./label-selector.ts";
import type { Pod } from "./pod.ts";

/** What a selector is asked about: a pod, or one that a template would make. */
export type Selected = Pick<Pod, "metadata">;

/** Policies of the pod's namespace that select it, the one that governs it first. */
export function policiesFor(pod: Selected, policies: Iterable<HaltPolicy>): readonly HaltPolicy[] {
  const found: HaltPolicy[] = [];
  for (const policy of policies) {
    if (policy.metadata.namespace !== pod.metadata.namespace) continue;
    if (matchesLabels(policy.spec.selector, pod.metadata.labels)) found.push(policy);
  }
  return found.sort(byAge);
}

const governorAmong = perObject((policies: readonly HaltPolicy[]) =>
  perObject((pod: Selected) => governingOf(pod, policies)),
);

/**
 * The one policy that governs a pod: of those that select it, the oldest by `creationTimestamp`, then the first
 * by name. So a policy added later can't take pods away from one that works.
 */
export function governingPolicy(pod: Selected, policies: readonly HaltPolicy[]): HaltPolicy | undefined {
  return governorAmong(policies)(pod);
}

function governingOf(pod: Selected, policies: readonly HaltPolicy[]): HaltPolicy | undefined {
  const [governing] = policiesFor(pod, policies);
  const unread = governing && policies.find((policy) => mightSelect(policy, pod));
  if (governing === undefined || unread === undefined) return governing;
  return { ...governing, unread: `${unread.metadata.name} (${unread.defect})` };
}

/** Whether a policy that can't be read may be there to forbid what another one allows: by its selector, or if that can't be read either. */
function mightSelect({ metadata, defect, mightSelect }: HaltPolicy, pod: Selected): boolean {
  if (defect === undefined || metadata.namespace !== pod.metadata.namespace) return false;
  return mightSelect === undefined || matchesLabels(mightSelect, pod.metadata.labels);
}

/** The policies that list an image, the oldest first. */
export function policiesListing(image: string, policies: readonly HaltPolicy[]): readonly HaltPolicy[] {
  return policies.filter(({ spec }) => spec.upgrades.some((upgrade) => upgrade.image === image)).sort(byAge);
}

function byAge(a: HaltPolicy, b: HaltPolicy): number {
  const [createdA, createdB] = [a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? ""];
  if (createdA !== createdB) return createdA < createdB ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}
