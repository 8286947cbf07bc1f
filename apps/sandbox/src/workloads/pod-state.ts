import { arrayAt, at, numberAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";

export function isTerminating(pod: KubeObject): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** Failed or Succeeded: it will never run again. */
export function isOver(pod: KubeObject): boolean {
  const phase = stringAt(pod, "status", "phase");
  return phase === "Failed" || phase === "Succeeded";
}

export function isRunningAndReady(pod: KubeObject): boolean {
  return stringAt(pod, "status", "phase") === "Running" && readySince(pod) !== undefined;
}

/** Ready for at least `minReadySeconds`. */
export function isAvailable(pod: KubeObject, minReadySeconds: number, now: number): boolean {
  const since = readySince(pod);
  return (
    isRunningAndReady(pod) &&
    since !== undefined &&
    (minReadySeconds === 0 || since + minReadySeconds * 1000 <= now)
  );
}

function readySince(pod: KubeObject): number | undefined {
  const ready = arrayAt(pod, "status", "conditions").find((one) => at(one, "type") === "Ready");
  return stringAt(ready, "status") === "True"
    ? Date.parse(stringAt(ready, "lastTransitionTime") ?? "")
    : undefined;
}

export function revisionOf(pod: KubeObject): string | undefined {
  return stringAt(pod, "metadata", "labels", "controller-revision-hash");
}

export function replicasOf(workload: KubeObject): number {
  return numberAt(workload, "spec", "replicas") ?? 1;
}
