import type { HaltPolicy, Stored } from "./objects.ts";

/** The container that runs the node. */
export const NODE = "seid";

/** Whether a policy's labels select a pod with these. */
export function selects({ spec }: HaltPolicy, labels: Readonly<Record<string, string>>): boolean {
  // One that does not fit its definition governs nothing.
  if (typeof (spec.recoveryTimeoutSeconds ?? 0) !== "number") return false;
  return Object.entries(spec.selector.matchLabels ?? {}).every(([name, value]) => labels[name] === value);
}

/** Of the policies that select a pod the oldest. */
export function governingOf(
  policies: readonly HaltPolicy[],
  labels: Readonly<Record<string, string>>,
): HaltPolicy | undefined {
  const [first] = policies
    .filter((policy) => selects(policy, labels))
    .toSorted((one, other) => ageOf(one).localeCompare(ageOf(other)));
  return first;
}

function ageOf({ metadata }: Stored): string {
  return `${metadata.creationTimestamp} ${metadata.name}`;
}
