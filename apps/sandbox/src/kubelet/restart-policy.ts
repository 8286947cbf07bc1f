import type { ContainerSpec, PodSpec } from "./pod-spec.ts";

/**
 * Whether a container that ended with `exitCode` is to run again: a sidecar always; others by their rules first,
 * then their own policy, then the pod's; an init container that succeeded never (ContainerShouldRestart of kubernetes pkg/api/v1/pod, KEP-5307).
 */
export function shouldRestart(
  pod: Pick<PodSpec, "restartPolicy">,
  container: Pick<ContainerSpec, "role" | "restartPolicy" | "restartRules">,
  exitCode: number,
): boolean {
  if (container.role === "sidecar") return true;
  if (container.restartPolicy !== undefined) {
    const rule = container.restartRules.find(
      (one) => one.values.includes(exitCode) === (one.operator === "In"),
    );
    if (rule?.action === "Restart") return true;
  }
  if (container.role === "init" && exitCode === 0) return false;
  switch (container.restartPolicy ?? pod.restartPolicy) {
    case "Never":
      return false;
    case "OnFailure":
      return exitCode !== 0;
    default:
      return true;
  }
}

/** How long a container waits before it runs again. */
export interface BackOff {
  readonly baseMs: number;
  readonly maxMs: number;
  /** A run at least this long starts the count anew. */
  readonly resetMs: number;
}

/** A kubelet's CrashLoopBackOff: 10 s doubling to 300 s, forgotten after a run of 10 minutes. */
export const KUBELET_BACK_OFF: BackOff = { baseMs: 10_000, maxMs: 300_000, resetMs: 600_000 };

/** The wait before restart number `failures` in a row: the first restart is at once. */
export function restartDelay(failures: number, backOff: BackOff): number {
  return failures <= 1 ? 0 : Math.min(backOff.baseMs * 2 ** (failures - 2), backOff.maxMs);
}
