import { describe, expect, it } from "vitest";
import { arrayAt, at } from "../json/json.ts";
import type { ContainerSnapshot, ContainerState } from "./container-state.ts";
import { readPodSpec } from "./pod-spec.ts";
import { podPhase, podStatus } from "./pod-status.ts";

function ended(exitCode: number): ContainerState & { kind: "terminated" } {
  return {
    kind: "terminated",
    exitCode,
    reason: "Error",
    message: "",
    startedAt: 0,
    finishedAt: 1,
    containerId: "process://1",
  };
}

function container(state: ContainerState, more: Partial<ContainerSnapshot> = {}): ContainerSnapshot {
  const ready = state.kind === "running";
  return {
    role: "main",
    name: "c",
    image: "i",
    imageId: "",
    containerId: "",
    restartCount: 0,
    ready,
    state,
    lastEnd: undefined,
    staysDown: false,
    ...more,
  };
}

const running: ContainerState = { kind: "running", startedAt: 0 };
const creating: ContainerState = { kind: "waiting", reason: "ContainerCreating", message: "" };
const backingOff: ContainerState = { kind: "waiting", reason: "CrashLoopBackOff", message: "" };

describe("podPhase", () => {
  it.each([
    ["Pending while a container has never run", [container(running), container(creating)], "Pending"],
    [
      "Running with one of two running",
      [container(running), container(ended(70), { staysDown: true })],
      "Running",
    ],
    ["Running in back-off", [container(backingOff, { lastEnd: ended(1) })], "Running"],
    ["Running between end and restart", [container(ended(1))], "Running"],
    ["Failed once all are down for good", [container(ended(70), { staysDown: true })], "Failed"],
    ["Succeeded when all ended with 0", [container(ended(0), { staysDown: true })], "Succeeded"],
  ])("is %s", (_, containers, phase) => {
    expect(podPhase(containers)).toBe(phase);
  });
});

describe("podStatus", () => {
  const object = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", namespace: "n", uid: "u" },
    spec: { containers: [], readinessGates: [{ conditionType: "example.com/gate" }] },
    status: { conditions: [{ type: "example.com/gate", status: "False" }] },
  };
  const facts = {
    pod: readPodSpec(object),
    containers: [container(running)],
    podIp: "127.1.2.3",
    hostIp: "127.0.0.1",
    startTime: 0,
    conditions: [],
    now: 5_000,
  };
  const conditionOf = (status: ReturnType<typeof podStatus>, type: string) =>
    arrayAt(status, "conditions").find((one) => at(one, "type") === type);

  it("isn't Ready before its readiness gates are True", () => {
    const status = podStatus(facts);
    expect(conditionOf(status, "ContainersReady")).toMatchObject({ status: "True" });
    expect(conditionOf(status, "Ready")).toMatchObject({ status: "False", reason: "ReadinessGatesNotReady" });
  });

  it("changes a transition time only with its status", () => {
    const first = podStatus(facts);
    const conditions = arrayAt(first, "conditions") as never;
    const second = podStatus({ ...facts, conditions, now: 9_000, containers: [container(ended(1))] });
    expect(conditionOf(second, "PodScheduled")).toMatchObject({ lastTransitionTime: "1970-01-01T00:00:05Z" });
    expect(conditionOf(second, "ContainersReady")).toMatchObject({
      lastTransitionTime: "1970-01-01T00:00:09Z",
    });
  });

  it("reports a container's end as a kubelet does", () => {
    const end = { ...ended(70), message: 'UPGRADE "v6.7" NEEDED', finishedAt: 61_000 };
    const status = podStatus({ ...facts, containers: [container(end, { staysDown: true })] });
    expect(at(status, "containerStatuses", 0, "state", "terminated")).toEqual({
      exitCode: 70,
      reason: "Error",
      message: 'UPGRADE "v6.7" NEEDED',
      startedAt: "1970-01-01T00:00:00Z",
      finishedAt: "1970-01-01T00:01:01Z",
      containerID: "process://1",
    });
  });
});
