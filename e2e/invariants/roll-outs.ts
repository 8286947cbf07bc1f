import type { CoreV1Event } from "@kubernetes/client-node";
import { type Change, isDeletion } from "./chronicle.ts";

/**
 * Versions at which the control plane itself deleted a pod to roll a StatefulSet out, by the Events that it records. Nobody
 * can keep it from that once the image is set and the pod is ready, as a halted one is for a moment at each restart.
 */
export function rolloutDeletions(changes: readonly Change[]): ReadonlySet<number> {
  const deletedAt = new Map<string, number>();
  const found = new Set<number>();
  for (const change of changes) {
    const { kind, type, object, version } = change;
    const { name = "" } = object.metadata ?? {};
    if (kind === "Pod") {
      if (type === "ADDED") deletedAt.delete(name);
      if (isDeletion(change) && !deletedAt.has(name)) deletedAt.set(name, version);
    }
    const pod = kind === "Event" ? podDeletedBy(object as CoreV1Event) : undefined;
    const deletion = pod === undefined ? undefined : deletedAt.get(pod);
    if (deletion !== undefined) found.add(deletion);
  }
  return found;
}

function podDeletedBy({ reason, involvedObject, message = "" }: CoreV1Event): string | undefined {
  if (reason !== "SuccessfulDelete" || involvedObject.kind !== "StatefulSet") return undefined;
  return /^delete pod (\S+) in statefulset /i.exec(message)?.[1];
}
