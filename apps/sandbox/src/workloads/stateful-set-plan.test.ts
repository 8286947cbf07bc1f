import { describe, expect, it } from "vitest";
import type { JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { planStatefulSet } from "./stateful-set-plan.ts";

const NOW = Date.parse("2026-01-01T01:00:00Z");

function setOf(replicas: number, spec: JsonObject = {}): KubeObject {
  const updateStrategy = { type: "RollingUpdate", rollingUpdate: { partition: 0 } };
  const full = { podManagementPolicy: "OrderedReady", updateStrategy, replicas, ...spec };
  return { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "s", uid: "u" }, spec: full };
}

type Health = "ready" | "unready" | "failed" | "terminating";

function podOf(ordinal: number, revision: string, health: Health = "ready"): KubeObject {
  const isReady = health === "ready" || health === "terminating";
  const ready = {
    type: "Ready",
    status: isReady ? "True" : "False",
    lastTransitionTime: "2026-01-01T00:00:00Z",
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `s-${ordinal}`,
      labels: { "controller-revision-hash": revision },
      ...(health === "terminating" ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}),
    },
    status: { phase: health === "failed" ? "Failed" : "Running", conditions: [ready] },
  };
}

/** What is done, in short: `+0` creates the pod of ordinal 0, `-0` deletes it. */
function plan(set: KubeObject, pods: readonly KubeObject[]): readonly string[] {
  return planStatefulSet({ set, pods, updateRevision: "new", now: NOW }).map((action) =>
    action.kind === "create"
      ? `+${action.ordinal} ${action.revision}`
      : `-${action.pod.metadata.name.slice(2)}`,
  );
}

describe("planStatefulSet", () => {
  it("makes pods one by one, each after its predecessor is ready", () => {
    expect(plan(setOf(2), [])).toEqual(["+0 update"]);
    expect(plan(setOf(2), [podOf(0, "new", "unready")])).toEqual([]);
    expect(plan(setOf(2), [podOf(0, "new")])).toEqual(["+1 update"]);
  });

  it("makes them all at once when Parallel", () => {
    expect(plan(setOf(2, { podManagementPolicy: "Parallel" }), [])).toEqual(["+0 update", "+1 update"]);
  });

  it("replaces a Failed pod, new template or not", () => {
    expect(plan(setOf(1, { updateStrategy: { type: "OnDelete" } }), [podOf(0, "old", "failed")])).toEqual([
      "-0",
    ]);
  });

  it("waits for a terminating pod to go", () => {
    expect(plan(setOf(1), [podOf(0, "old", "terminating")])).toEqual([]);
  });

  it("scales down from the highest ordinal", () => {
    expect(plan(setOf(1), [podOf(0, "new"), podOf(1, "new"), podOf(2, "new")])).toEqual(["-2"]);
  });

  it("updates from the highest ordinal, one at a time", () => {
    expect(plan(setOf(2), [podOf(0, "old"), podOf(1, "old")])).toEqual(["-1"]);
    expect(plan(setOf(2), [podOf(0, "old"), podOf(1, "new")])).toEqual(["-0"]);
  });

  it("stands still before a pod that can't become ready (kubernetes#67250)", () => {
    expect(plan(setOf(1), [podOf(0, "old", "unready")])).toEqual([]);
  });

  it("gets past that pod when it isn't bound to an order, as the real one does", () => {
    expect(plan(setOf(1, { podManagementPolicy: "Parallel" }), [podOf(0, "old", "unready")])).toEqual(["-0"]);
  });

  it("leaves updates to whoever deletes the pod when OnDelete", () => {
    const onDelete = { updateStrategy: { type: "OnDelete" } };
    expect(plan(setOf(1, onDelete), [podOf(0, "old")])).toEqual([]);
    expect(plan(setOf(1, onDelete), [])).toEqual(["+0 update"]);
  });

  it("keeps pods below the partition on the current revision", () => {
    const partitioned = { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 1 } } };
    expect(plan(setOf(2, partitioned), [podOf(0, "old"), podOf(1, "old")])).toEqual(["-1"]);
    expect(plan(setOf(2, partitioned), [podOf(1, "new")])).toEqual(["+0 current"]);
  });

  it("keeps as many as are on the current revision, from the lowest on, where the type alone is named", () => {
    const alone = { updateStrategy: { type: "RollingUpdate" } };
    const withCurrent = (currentReplicas: number) => ({ ...setOf(2, alone), status: { currentReplicas } });
    expect(plan(withCurrent(1), [podOf(1, "old")])).toEqual(["+0 current"]);
    expect(plan(withCurrent(1), [podOf(0, "old")])).toEqual(["+1 update"]);
    expect(plan(withCurrent(0), [])).toEqual(["+0 update"]);
    const withPartition = { ...setOf(2), status: { currentReplicas: 1 } };
    expect(plan(withPartition, [podOf(1, "old")])).toEqual(["+0 update"]);
  });

  it("waits minReadySeconds before it goes on", () => {
    expect(plan(setOf(2, { minReadySeconds: 7_200 }), [podOf(0, "new")])).toEqual([]);
    expect(plan(setOf(2, { minReadySeconds: 60 }), [podOf(0, "new")])).toEqual(["+1 update"]);
  });
});
