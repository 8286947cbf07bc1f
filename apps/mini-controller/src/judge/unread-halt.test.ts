import { expect, test } from "vitest";
import type { LiveStatus } from "../model/live-status.ts";
import type { ContainerState, Pod } from "../model/pod.ts";
import { policyWith } from "../testing/observations.ts";
import { judgePod, reasonOf } from "./judgement.ts";
import { newestRun } from "./log-source.ts";

const AT = Date.parse("2026-08-21T18:00:00Z");
const RUNNING: ContainerState = { running: { startedAt: "2026-08-21T17:00:00Z" } };
const ended = (exitCode: number): ContainerState => ({
  terminated: {
    exitCode,
    reason: "Error",
    startedAt: "2026-08-21T17:00:00Z",
    finishedAt: "2026-08-21T17:59:59Z",
  },
});
const LOST = "a halt line in it may be lost";
const { spec: policy } = policyWith();

function podWith(state: ContainerState): Pod {
  return {
    metadata: { name: "sei-0-0", namespace: "sei", uid: "uid-1" },
    spec: { containers: [{ name: "seid", image: "registry/seid:v6.6" }] },
    status: { phase: "Running", containerStatuses: [{ name: "seid", restartCount: 3, state }] },
  };
}

function liveAt(pod: Pod, height: number, stillMs: number, changes: Partial<LiveStatus> = {}): LiveStatus {
  const node = { chainId: "pacific-1", height, haltIntent: { kind: "absent" } } as const;
  return {
    sighting: { kind: "answered", at: AT, envelope: "json-rpc", node },
    ...{ chainId: "pacific-1", validatorAddress: undefined, height, firstHeight: 1, firstHeightAt: 0 },
    ...{ run: 3, runHeight: 1, stillSince: AT - stillMs },
    log: { run: newestRun(pod, "seid")?.id ?? "", planLines: [], lost: LOST },
    ...changes,
  };
}

test.each([
  ["stands still", podWith(RUNNING), 30, 30_000],
  ["stands still one below", podWith(RUNNING), 29, 30_000],
  ["panicked", podWith(ended(2)), 29, 0],
  ["was stopped", podWith(ended(0)), 30, 0],
])(
  "a node that %s at a listed height with a log that was not read is nobody's to guess about",
  (_, pod, height, still) => {
    const verdict = judgePod(pod, policy, liveAt(pod, height, still));
    expect(reasonOf(verdict)).toBe("log_not_read");
    expect(verdict.why).toMatch(/at height \d+, where v6\.7 is listed for 30, .*may be lost\.$/);
  },
);

test.each([
  ["stands still far below", podWith(RUNNING), 28, 30_000, {}],
  ["has just come there", podWith(RUNNING), 30, 29_999, {}],
  [
    "stands still on the image that is listed for the plan",
    { ...podWith(RUNNING), spec: { containers: [{ name: "seid", image: policy.upgrades[0]?.image ?? "" }] } },
    30,
    30_000,
    {},
  ],
  ["is past it", podWith(ended(2)), 31, 0, {}],
  ["has a log that was read", podWith(RUNNING), 30, 30_000, { log: { run: "x", planLines: [] } }],
  [
    "has a log that was not read of another run",
    podWith(RUNNING),
    30,
    30_000,
    { log: { run: "x", planLines: [], lost: LOST } },
  ],
] as const)("and of a node that %s nothing new is said", (_, pod, height, still, changes) => {
  expect(reasonOf(judgePod(pod, policy, liveAt(pod, height, still, changes)))).toBeUndefined();
});

test("a halt that the node announces is that halt", () => {
  const pod = podWith(ended(70));
  expect(reasonOf(judgePod(pod, policy, liveAt(pod, 30, 0)))).toBe("upgrade_required");
});

test("where the policy ignores what logs tell, nobody asks for one", () => {
  const pod = podWith(RUNNING);
  const ignoring = policyWith({ inferredHalts: "Ignore" }).spec;
  expect(judgePod(pod, ignoring, liveAt(pod, 30, 30_000)).kind).toBe("running");
});
