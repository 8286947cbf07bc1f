import { expect, test } from "vitest";
import type { LiveStatus } from "../model/live-status.ts";
import type { ContainerStatus, Pod } from "../model/pod.ts";
import { isStarting } from "./starting-nodes.ts";

const NOW = Date.parse("2026-08-21T18:00:00Z");
const ago = (ms: number) => new Date(NOW - ms).toISOString();
const ADDRESS = "AA".repeat(20);

function podWith(status: Partial<ContainerStatus>, createdMs = 5_000): Pod {
  return {
    metadata: { name: "sei-1-0", namespace: "sei", uid: "u", creationTimestamp: ago(createdMs) },
    spec: { containers: [{ name: "seid", image: "seid:v6.6" }] },
    status: { phase: "Running", containerStatuses: [{ name: "seid", restartCount: 1, ...status }] },
  };
}

const running = (ms: number) => ({ state: { running: { startedAt: ago(ms) } } });
const live = (changes: Partial<LiveStatus>) =>
  ({ sighting: { kind: "silent", at: NOW, problem: "x" }, run: 1, ...changes }) as LiveStatus;
const answered = {
  kind: "answered",
  at: NOW,
  envelope: "bare",
  node: { haltIntent: { kind: "absent" } },
} as const;
const BACK_OFF = {
  state: { waiting: {} },
  lastState: { terminated: { exitCode: 2, finishedAt: ago(1_000) } },
};

test.each<[string, Pod, LiveStatus | undefined, boolean]>([
  ["was never read", podWith(running(1_000)), undefined, true],
  ["does not answer yet", podWith(running(1_000)), live({}), true],
  ["answers", podWith(running(1_000)), live({ sighting: answered }), false],
  ["answered in this run", podWith(running(1_000)), live({ runHeight: 20 }), false],
  [
    "answered in the run before alone",
    podWith(running(1_000)),
    live({ run: 0, sighting: answered, runHeight: 20, validatorAddress: ADDRESS }),
    true,
  ],
  ["has been silent for ten minutes, as a seed node is", podWith(running(600_000)), live({}), false],
  ["is pulled", podWith({ restartCount: 0, state: { waiting: {} } }), undefined, true],
  [
    "has been pulled for ten minutes",
    podWith({ restartCount: 0, state: { waiting: {} } }, 600_000),
    undefined,
    true,
  ],
  [
    "waits to be restarted and was known",
    podWith(BACK_OFF),
    live({ run: 0, validatorAddress: ADDRESS }),
    false,
  ],
  ["waits to be restarted and never was", podWith(BACK_OFF), live({ run: 0 }), true],
  [
    "waits, and whose name was known of another pod",
    podWith(BACK_OFF),
    live({ run: 0, validatorAddress: ADDRESS, addressOf: "another-pod" }),
    true,
  ],
  [
    "answers, and names itself as the run before did not",
    podWith(running(1_000)),
    live({ sighting: answered, validatorAddress: ADDRESS, addressOf: 1 }),
    false,
  ],
  [
    "answers, and does not name itself as the run before did",
    podWith(running(1_000)),
    live({ sighting: answered, validatorAddress: ADDRESS, addressOf: 0 }),
    true,
  ],
])("whether a node may yet say who it is: one that %s", (_, pod, status, starts) => {
  expect(isStarting(pod, "seid", status, NOW)).toBe(starts);
});

test.each([
  ["20 minutes ago, of which nobody has watched more than one", 1_200_000, 60_000, true],
  ["15 minutes from now", -900_000, 60_000, true],
  ["20 minutes ago, and was watched for ten", 1_200_000, 600_000, false],
  ["two hours ago", 7_200_000, 0, false],
])("the clock of its machine may be another: one that was started %s", (_, ms, watchedMs, starts) => {
  expect(isStarting(podWith(running(ms)), "seid", live({}), NOW, watchedMs)).toBe(starts);
});
