import { at, type Json, numberAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { isOver, replicasOf } from "./pod-state.ts";

/** How many replicas each ReplicaSet is to have next, by name. */
export type Scales = ReadonlyMap<string, number>;

/**
 * The next step of a Deployment (pkg/controller/deployment, rolling.go and recreate.go): RollingUpdate keeps within
 * maxSurge and maxUnavailable, Recreate ends the old pods first. Each step waits for the pods of the one before.
 * `oldPods` are those of the old sets, the terminating ones included: for Recreate they are gone only when they are
 * over or no longer there (`oldPodsRunning`).
 */
export function planRollout(
  deployment: KubeObject,
  current: KubeObject,
  old: readonly KubeObject[],
  oldPods: readonly KubeObject[],
): Scales {
  const wanted = replicasOf(deployment);
  if (stringAt(deployment, "spec", "strategy", "type") === "Recreate") {
    const isScaledDown = old.every((set) => (numberAt(set, "status", "replicas") ?? 0) === 0);
    const isEmpty = isScaledDown && oldPods.every(isOver);
    return new Map([
      ...old.map((set): [string, number] => [nameOf(set), 0]),
      [nameOf(current), isEmpty ? wanted : 0],
    ]);
  }
  const rolling = at(deployment, "spec", "strategy", "rollingUpdate");
  const surge = resolve(at(rolling, "maxSurge"), wanted, Math.ceil);
  const allowed = resolve(at(rolling, "maxUnavailable"), wanted, Math.floor);
  const unavailable = surge === 0 && allowed === 0 ? 1 : allowed;
  const total = [current, ...old].reduce((sum, set) => sum + replicasOf(set), 0);
  const room = Math.max(0, wanted + surge - total);
  const scaled = Math.min(wanted, replicasOf(current) + room);
  const up: [string, number] = [nameOf(current), replicasOf(current) > wanted ? wanted : scaled];
  return new Map([up, ...scaleDown(current, old, total, wanted - unavailable)]);
}

/** Takes from the old sets what is not needed to keep `minAvailable` pods: unhealthy pods first. */
function scaleDown(
  current: KubeObject,
  old: readonly KubeObject[],
  total: number,
  minAvailable: number,
): readonly (readonly [string, number])[] {
  const newUnavailable = replicasOf(current) - availableOf(current);
  let budget = Math.max(0, total - minAvailable - newUnavailable);
  return old.map((set) => {
    const take = Math.min(budget, replicasOf(set));
    budget -= take;
    return [nameOf(set), replicasOf(set) - take] as const;
  });
}

function resolve(value: Json | undefined, replicas: number, round: (value: number) => number): number {
  if (typeof value === "number") return value;
  const percent = /^(\d+)%$/.exec(typeof value === "string" ? value : "25%")?.[1] ?? "0";
  return round((Number(percent) * replicas) / 100);
}

function availableOf(set: KubeObject): number {
  return numberAt(set, "status", "availableReplicas") ?? 0;
}

function nameOf(set: KubeObject): string {
  return set.metadata.name;
}
