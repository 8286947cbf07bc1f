import { expect, test } from "vitest";
import { classify } from "../classify.ts";
import pods from "./fixtures/pods.json" with { type: "json" };
import { evidenceFromContainerStatus, evidenceFromPod, type PodWithStatuses } from "./kubernetes.ts";

const corroborated = {
  kind: "halted",
  reason: 70,
  plan: "v6.7",
  height: 240000000,
  corroborated: true,
  sources: ["exit-code", "plan-line"],
};

const VERDICTS = {
  healthy: { kind: "running" },
  "halted and kept down by a restart rule": corroborated,
  "in back-off after an upgrade halt": corroborated,
  "interrupted while it restarts after a halt": corroborated,
  "killed for its memory": { kind: "crashed", cause: { kind: "out-of-memory" } },
  "killed by a signal": { kind: "crashed", cause: { kind: "signal", signal: "SIGSEGV" } },
  panicked: { kind: "crashed", cause: { kind: "panic", code: 2 } },
  "lost by its kubelet": { kind: "unknown" },
  "stopped in order": { kind: "stopped" },
  "still pulling its image": { kind: "unknown" },
  "not seen by any kubelet": { kind: "unknown" },
} as const satisfies Record<keyof typeof pods, object>;

test.each(Object.entries(VERDICTS))("a pod that is %s", (name, verdict) => {
  const pod = pods[name as keyof typeof pods] as PodWithStatuses;
  expect(classify(evidenceFromPod(pod, "seid"))).toMatchObject(verdict);
});

test("keeps the times of an instance", () => {
  expect(evidenceFromPod(pods["killed by a signal"], "seid").process).toMatchObject({
    startedAt: Date.UTC(2026, 7, 21, 10),
    endedAt: Date.UTC(2026, 7, 21, 11),
  });
});

test("takes the Dates of a client library as it takes RFC 3339", () => {
  const startedAt = new Date("2026-08-21T10:00:00Z");
  expect(evidenceFromContainerStatus({ name: "seid", state: { running: { startedAt } } })).toEqual({
    process: { kind: "running", startedAt: startedAt.getTime() },
  });
});

test("finds a node that runs as a sidecar", () => {
  const sidecar = { name: "seid", state: { running: {} } };
  expect(evidenceFromPod({ status: { initContainerStatuses: [sidecar] } }, "seid").process).toMatchObject({
    kind: "running",
  });
});

test("a container that is not there is no evidence", () => {
  expect(evidenceFromPod(pods.healthy, "cosmovisor")).toEqual({});
});
