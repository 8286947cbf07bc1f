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

const UNSUPPORTED = { corroborated: false, sources: ["exit-code"] };

// Recorded by `pnpm run record:pods` from a kubelet 1.35.4 with containerd 1.6.20 and runc 1.1.5, by way of a
// kube-apiserver. `pnpm run test:kubelet` sees to it that a kubelet still says the same.
const VERDICTS = {
  healthy: { kind: "running" },
  "halted and kept down by a restart rule": corroborated,
  "halted and never restarted": corroborated,
  "in back-off after an upgrade halt": corroborated,
  "halted with its own words as the message": corroborated,
  "halted without a message": { kind: "halted", reason: 70, ...UNSUPPORTED },
  "halted as a sidecar": corroborated,
  "too new, and kept down by a restart rule": {
    kind: "halted",
    reason: 71,
    plan: "v6.7",
    corroborated: true,
  },
  "older than its data, and kept down by a restart rule": {
    kind: "halted",
    reason: 72,
    plan: "v6.7",
    corroborated: true,
  },
  "crashed, and restarted by its rules": { kind: "crashed", cause: { kind: "panic", code: 2 } },
  "interrupted while it restarts after a halt": corroborated,
  "panicked while it restarts after a halt": corroborated,
  "running again after a halt": corroborated,
  "killed for its memory": { kind: "crashed", cause: { kind: "out-of-memory" } },
  "killed by a signal": { kind: "crashed", cause: { kind: "signal", signal: "SIGSEGV" } },
  "killed from outside": { kind: "crashed", cause: { kind: "signal", signal: "SIGKILL" } },
  panicked: { kind: "crashed", cause: { kind: "panic", code: 2 }, contradictions: [] },
  "panicked at an upgrade, as nodes did that know no exit codes": {
    kind: "crashed",
    cause: { kind: "panic", code: 2 },
    contradictions: ["Its log has a halt line of upgrade_required (plan v6.7 at height 240000000)."],
  },
  "failed with an error": { kind: "crashed", cause: { kind: "error", code: 1 } },
  "without the program that it is to run": { kind: "unknown" },
  "stopped in order": { kind: "stopped" },
  "stopped by the signal itself": { kind: "stopped" },
  "out of its time": { kind: "crashed", cause: { kind: "signal", signal: "SIGKILL" } },
  evicted: { kind: "crashed", cause: { kind: "signal", signal: "SIGKILL" } },
  "refused by its kubelet": { kind: "unknown" },
  "still being made": { kind: "unknown" },
  "short of its configuration": { kind: "unknown" },
  "without an image": { kind: "unknown" },
  "still pulling its image": { kind: "unknown" },
  "lost by its kubelet": { kind: "unknown" },
  "not seen by any kubelet": { kind: "unknown" },
} as const satisfies Record<keyof typeof pods, object>;

test.each(Object.entries(VERDICTS))("a pod that is %s", (name, verdict) => {
  const pod = pods[name as keyof typeof pods] as PodWithStatuses;
  expect(classify(evidenceFromPod(pod, "seid"))).toMatchObject(verdict);
});

test("keeps the times of an instance", () => {
  const [status] = pods["killed by a signal"].status.containerStatuses;
  expect(evidenceFromPod(pods["killed by a signal"], "seid").process).toMatchObject({
    startedAt: Date.parse(status?.state.terminated.startedAt ?? ""),
    endedAt: Date.parse(status?.state.terminated.finishedAt ?? ""),
  });
});

test("a container that could not be started tells nothing of its node, now or before", () => {
  const [status] = pods["without the program that it is to run"].status.containerStatuses;
  const { state } = status ?? { state: undefined };
  expect(evidenceFromContainerStatus({ name: "seid", state })).toEqual({
    process: { kind: "waiting", reason: "StartError" },
  });
  expect(evidenceFromContainerStatus({ name: "seid", lastState: state })).toEqual({});
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

test.each([
  [70, { kind: "halted", reason: 70 }],
  [75, { kind: "unrecognised-halt", code: 75 }],
  [0, { kind: "stopped" }],
  [143, { kind: "stopped" }],
  [137, { kind: "crashed", cause: { kind: "out-of-memory" } }],
  [2, { kind: "crashed", cause: { kind: "out-of-memory" } }],
])("a node that exited with %i after a helper of it was killed for its memory", (exitCode, verdict) => {
  const terminated = { exitCode, reason: "OOMKilled" };
  expect(classify(evidenceFromContainerStatus({ name: "seid", state: { terminated } }))).toMatchObject(
    verdict,
  );
});

test.each([1, 6, 7, 12, 24])(
  "what a message begins with is no line of its own where a kubelet may have cut it, among %i containers",
  (containers) => {
    const line = 'UPGRADE "v6.7" NEEDED at height: 30: \n';
    const bytes = Math.min(2048, Math.floor((12 * 1024) / containers));
    const filled = (text: string) => text + "ten bytes\n".repeat(300).slice(0, bytes - text.length);
    const verdictOf = (message: string) => {
      expect(Buffer.byteLength(message)).toBe(bytes);
      return classify(
        evidenceFromContainerStatus({ name: "seid", state: { terminated: { exitCode: 70, message } } }),
      );
    };
    expect(verdictOf(filled(line))).toMatchObject({ kind: "halted", corroborated: false });
    expect(verdictOf(filled(`memo: \n${line}`))).toMatchObject({ kind: "halted", corroborated: true });
  },
);

test.each([
  ["at no height that was read", undefined, "runs again, and at which height was not read"],
  ["at its height", 100, "runs again, not yet past it"],
])("of a container that runs on after its halt, %s, no more is said than was seen", (_, height, words) => {
  const running = { startedAt: "2026-11-20T00:00:00Z" };
  const terminated = {
    exitCode: 70,
    startedAt: "2026-10-01T00:00:00Z",
    finishedAt: "2026-11-19T23:59:58Z",
    message: 'UPGRADE "v6.7" NEEDED at height: 100: \n',
  };
  const statuses = [{ name: "seid", state: { running }, lastState: { terminated } }];
  const evidence = evidenceFromPod({ status: { containerStatuses: statuses } }, "seid");
  const lastSeen = height === undefined ? undefined : { height };
  expect(classify({ ...evidence, lastSeen }).why).toContain(words);
});
