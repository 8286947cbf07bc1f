import type { HaltPolicy, Pod, Requirement } from "./objects.ts";

/** The policy that governs a pod: of those of its namespace that select it the oldest, then the first by name. */
export function governing(pod: Pod, policies: readonly HaltPolicy[]): HaltPolicy | undefined {
  const [first] = policies
    .filter((policy) => policy.metadata.namespace === pod.metadata.namespace && selects(policy, pod))
    .sort((a, b) => ageOf(a).localeCompare(ageOf(b)) || a.metadata.name.localeCompare(b.metadata.name));
  return first;
}

const ageOf = ({ metadata }: HaltPolicy): string => metadata.creationTimestamp ?? "";

/** `metav1.LabelSelector` */
function selects({ spec: { selector } }: HaltPolicy, pod: Pod): boolean {
  const labels = new Map(Object.entries(pod.metadata.labels ?? {}));
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels.get(key) === value);
  return equal && (selector.matchExpressions ?? []).every((requirement) => satisfies(requirement, labels));
}

function satisfies({ key, operator, values }: Requirement, labels: ReadonlyMap<string, string>): boolean {
  const value = labels.get(key);
  const isListed = value !== undefined && (values ?? []).includes(value);
  switch (operator) {
    case "In":
      return isListed;
    case "NotIn":
      return !isListed;
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
  }
}
