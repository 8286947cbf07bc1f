import { describe, expect, it } from "vitest";
import type { JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { planRollout } from "./rollout-plan.ts";

function deploymentOf(replicas: number, strategy: JsonObject): KubeObject {
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "d" }, spec: { replicas, strategy } };
}

function setOf(name: string, replicas: number, available = replicas): KubeObject {
  const status = { replicas, availableReplicas: available };
  return { apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { name }, spec: { replicas }, status };
}

const rolling = (maxSurge: number | string, maxUnavailable: number | string): JsonObject => ({
  type: "RollingUpdate",
  rollingUpdate: { maxSurge, maxUnavailable },
});

function plan(
  deployment: KubeObject,
  current: KubeObject,
  ...old: readonly KubeObject[]
): Record<string, number> {
  return planWith([], deployment, current, ...old);
}

function planWith(
  oldPods: readonly KubeObject[],
  deployment: KubeObject,
  current: KubeObject,
  ...old: readonly KubeObject[]
): Record<string, number> {
  return Object.fromEntries(planRollout(deployment, current, old, oldPods));
}

describe("planRollout", () => {
  it("starts a fresh Deployment whole", () => {
    expect(plan(deploymentOf(3, rolling("25%", "25%")), setOf("new", 0))).toEqual({ new: 3 });
  });

  it("adds the surge first, and takes old pods only as new ones are available", () => {
    const deployment = deploymentOf(4, rolling(1, 0));
    expect(plan(deployment, setOf("new", 0), setOf("old", 4))).toEqual({ new: 1, old: 4 });
    expect(plan(deployment, setOf("new", 1, 0), setOf("old", 4))).toEqual({ new: 1, old: 4 });
    expect(plan(deployment, setOf("new", 1), setOf("old", 4))).toEqual({ new: 1, old: 3 });
  });

  it("takes old pods at once where some may be unavailable", () => {
    expect(plan(deploymentOf(4, rolling(0, 2)), setOf("new", 0), setOf("old", 4))).toEqual({
      new: 0,
      old: 2,
    });
  });

  it("rounds the surge up and the unavailable down, as for a node that runs alone", () => {
    expect(plan(deploymentOf(1, rolling("25%", "25%")), setOf("new", 0), setOf("old", 1))).toEqual({
      new: 1,
      old: 1,
    });
  });

  it("scales down with its Deployment", () => {
    expect(plan(deploymentOf(1, rolling("25%", "25%")), setOf("new", 3))).toEqual({ new: 1 });
  });

  it("ends the old pods before any new one when Recreate", () => {
    const deployment = deploymentOf(2, { type: "Recreate" });
    expect(plan(deployment, setOf("new", 0), setOf("old", 2))).toEqual({ new: 0, old: 0 });
    expect(plan(deployment, setOf("new", 0), setOf("old", 0))).toEqual({ new: 2, old: 0 });
  });

  it.each([
    ["that is terminating", { deletionTimestamp: "2026-01-01T00:00:00Z" }, "Running", 0],
    ["that is lost with its machine", {}, "Unknown", 0],
    ["that failed", {}, "Failed", 1],
  ])("waits, when Recreate, for an old pod %s: %#", (_, meta, phase, made) => {
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "p", ...meta }, status: { phase } };
    const deployment = deploymentOf(1, { type: "Recreate" });
    expect(planWith([pod], deployment, setOf("new", 0), setOf("old", 0))).toEqual({ new: made, old: 0 });
  });
});
