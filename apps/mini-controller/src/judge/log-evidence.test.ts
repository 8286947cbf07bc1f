import { expect, test } from "vitest";
import type { LiveStatus } from "../model/live-status.ts";
import type { ContainerState, Pod } from "../model/pod.ts";
import { projectPod } from "../model/projected-pod.ts";
import { policyWith } from "../testing/observations.ts";
import { isInferredVerdict, judgePod } from "./judgement.ts";
import { logSourceOf, newestRun } from "./log-source.ts";

const AT = Date.parse("2026-08-21T18:00:00Z");
const STARTED = "2026-08-21T17:00:00Z";
const LINE = 'UPGRADE "v6.7" NEEDED at height: 30: ';
const PLAN_LINE = { reason: 70, plan: "v6.7", height: 30 } as const;

const ended = (exitCode: number, rest: object = {}): ContainerState => ({
  terminated: { exitCode, reason: "Error", startedAt: STARTED, finishedAt: "2026-08-21T17:59:59Z", ...rest },
});
const RUNNING: ContainerState = { running: { startedAt: STARTED } };
const WAITING: ContainerState = { waiting: { reason: "CrashLoopBackOff" } };

function podWith(state: ContainerState, lastState: ContainerState = {}, restartCount = 3): Pod {
  return {
    metadata: { name: "sei-0-0", namespace: "sei", uid: "uid-1" },
    spec: { containers: [{ name: "seid", image: "registry/seid:v6.6" }] },
    status: { phase: "Running", containerStatuses: [{ name: "seid", restartCount, state, lastState }] },
  };
}

function liveAt(height: number, stillMs: number, changes: Partial<LiveStatus> = {}): LiveStatus {
  return {
    sighting: {
      kind: "answered",
      at: AT,
      envelope: "json-rpc",
      node: { chainId: "pacific-1", height, haltIntent: { kind: "absent" } },
    },
    chainId: "pacific-1",
    validatorAddress: undefined,
    height,
    firstHeight: 1,
    firstHeightAt: 0,
    run: 3,
    runHeight: 1,
    stillSince: AT - stillMs,
    belowAt: AT - stillMs - 1,
    answersSince: 0,
    ...changes,
  };
}

const { spec: policy } = policyWith();

test.each([
  ["a run that ended with 2", podWith(ended(2)), { isPrevious: false }],
  [
    "one that ended with 0: somebody may have stopped it at its halt",
    podWith(ended(0)),
    { isPrevious: false },
  ],
  ["the instance before, while the next one waits", podWith(WAITING, ended(1)), { isPrevious: true }],
])("the log is wanted of %s", (_, pod, run) => {
  expect(logSourceOf(pod, policy, undefined)).toMatchObject({ container: "seid", run });
});

test.each([
  ["a run that announced its halt", podWith(ended(70)), undefined],
  ["a reserved code", podWith(ended(75)), undefined],
  ["a termination message with the halt line", podWith(ended(2, { message: `panic: ${LINE}` })), undefined],
  ["what never ran", podWith(ended(128, { reason: "StartError" })), undefined],
  ["what the kubelet lost", podWith(ended(137, { reason: "ContainerStatusUnknown" })), undefined],
  ["a node that runs", podWith(RUNNING), liveAt(20, 40_000)],
  ["a node that runs again after a crash", podWith(RUNNING, ended(2)), liveAt(25, 0)],
  ["a node that stands still far from any listed height", podWith(RUNNING), liveAt(28, 40_000)],
  ["a node that has just come to the height", podWith(RUNNING), liveAt(30, 29_999)],
  ["a standstill of the run before", podWith(RUNNING), liveAt(30, 40_000, { run: 2 })],
  ["a container that nobody started yet", podWith(WAITING), undefined],
])("no log is wanted of %s", (_, pod, live) => {
  expect(logSourceOf(pod, policy, live)).toBeUndefined();
});

test.each([29, 30])("the log is wanted of a node that stands still at %i before the plan of 30", (height) => {
  const source = logSourceOf(podWith(RUNNING), policy, liveAt(height, 30_000));
  expect(source).toMatchObject({ stillSince: AT - 30_000, run: { end: undefined } });
});

test.each([
  ["cri-o", true],
  ["containerd", false],
])("a log that %s stored is one of lines in parts: %s", (runtime, isInParts) => {
  const pod = podWith(ended(2));
  const [status] = pod.status?.containerStatuses ?? [];
  const containerStatuses = [{ name: "seid", ...status, containerID: `${runtime}://${"ab".repeat(32)}` }];
  const stored = projectPod({ ...pod, status: { ...pod.status, containerStatuses } });
  expect(logSourceOf(stored, policy, undefined)).toMatchObject({ isInParts });
});

test("no log is wanted where the policy ignores inferred halts", () => {
  const ignoring = policyWith({ inferredHalts: "Ignore" }).spec;
  expect(logSourceOf(podWith(ended(2)), ignoring, undefined)).toBeUndefined();
});

const logOf = (pod: Pod) => ({ run: newestRun(pod, "seid")?.id ?? "", planLines: [PLAN_LINE] });

test.each([
  ["a run that ended with 2 at the height", podWith(ended(2)), 30, 0],
  ["the instance before, while the next waits", podWith(WAITING, ended(2)), 29, 0],
  ["a node that has stood still for 30 s", podWith(RUNNING), 30, 30_000],
])("a halt line in the log makes an inferred halt of %s", (_, pod, height, still) => {
  const verdict = judgePod(pod, policy, liveAt(height, still, { log: logOf(pod) }));
  expect(verdict).toMatchObject({ kind: "halted", inferred: true, corroborated: true, height: 30 });
});

test.each([
  ["a run that ended far below the height", podWith(ended(2)), 28, 0],
  ["a run that ended past it", podWith(ended(2)), 31, 0],
  ["a node that has just come there", podWith(RUNNING), 30, 29_999],
  ["a node that runs again", podWith(RUNNING, ended(2)), 30, 0],
])("and none of %s", (_, pod, height, still) => {
  expect(isInferredVerdict(judgePod(pod, policy, liveAt(height, still, { log: logOf(pod) })))).toBe(false);
});

test("a log that was read of another run says nothing", () => {
  const before = logOf(podWith(ended(2)));
  for (const pod of [
    podWith(ended(2), {}, 4),
    podWith(RUNNING),
    podWith(ended(2, { finishedAt: "2026-08-21T18:00:01Z" })),
  ])
    expect(isInferredVerdict(judgePod(pod, policy, liveAt(30, 60_000, { log: before })))).toBe(false);
});

test("under Ignore it is the crash that it looks like, and an announced halt is judged as ever", () => {
  const ignoring = policyWith({ inferredHalts: "Ignore" }).spec;
  const pod = podWith(ended(2, { message: `panic: ${LINE}` }));
  expect(judgePod(pod, ignoring, liveAt(30, 0)).kind).toBe("crashed");
  const announced = podWith(ended(70, { message: `halting\n${LINE}` }));
  expect(judgePod(announced, ignoring, liveAt(30, 0))).toEqual(judgePod(announced, policy, liveAt(30, 0)));
});

test.each([
  ["was silent since it was below", { answersSince: AT - 30_000, belowAt: AT - 31_000 }],
  ["was never seen below", { belowAt: undefined }],
  ["has not been asked all the time", { answersSince: undefined }],
])(
  "a line in the log of a standing node that %s may be of another process, and proves nothing",
  (_, changes) => {
    const pod = podWith(RUNNING);
    const verdict = judgePod(pod, policy, liveAt(30, 30_000, { log: logOf(pod), ...changes }));
    expect(verdict).toMatchObject({ kind: "halted", inferred: true, corroborated: false });
  },
);
