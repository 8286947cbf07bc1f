import type { HaltPolicy } from "../api/halt-policy.ts";
import { matchesLabels } from "./label-selector.ts";
import type { Pod } from "./pod.ts";

/** Policies of the pod's namespace that select it, the one that governs it first. */
export function policiesFor(pod: Pod, policies: Iterable<HaltPolicy>): readonly HaltPolicy[] {
  const found: HaltPolicy[] = [];
  for (const policy of policies) {
    if (policy.metadata.namespace !== pod.metadata.namespace) continue;
    if (matchesLabels(policy.spec.selector, pod.metadata.labels)) found.push(policy);
  }
  return found.sort(byAge);
}

/**
 * The one policy that governs a pod: of those that select it, the oldest by `creationTimestamp`, then the first
 * by name. So a policy added later can't take pods away from one that works.
 */
export function governingPolicy(pod: Pod, policies: readonly HaltPolicy[]): HaltPolicy | undefined {
  const [governing] = policiesFor(pod, policies);
  const unread = governing && policies.find((policy) => mightSelect(policy, pod));
  if (governing === undefined || unread === undefined) return governing;
  return { ...governing, unread: `${unread.metadata.name} (${unread.defect})` };
}

/** Whether a policy that can't be read may be there to forbid what another one allows: by its selector, or if that can't be read either. */
function mightSelect({ metadata, defect, mightSelect }: HaltPolicy, pod: Pod): boolean {
  if (defect === undefined || metadata.namespace !== pod.metadata.namespace) return false;
  return mightSelect === undefined || matchesLabels(mightSelect, pod.metadata.labels);
}

function byAge(a: HaltPolicy, b: HaltPolicy): number {
  const [createdA, createdB] = [a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? ""];
  if (createdA !== createdB) return createdA < createdB ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}
