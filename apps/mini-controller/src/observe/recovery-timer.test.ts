import { expect, test } from "vitest";
import { ANNOTATION_ABORT } from "../api/group.ts";
import type { NodeHaltStatus } from "../api/node-halt.ts";
import { journalMove } from "../journal/journal-entry.ts";
import { haltWith, NOW, policyWith } from "../testing/observations.ts";
import { isStopped, RecoveryTimer, standsStill } from "./recovery-timer.ts";

const SWAPPING: NodeHaltStatus = {
  phase: "Swapping",
  recoverBy: "2026-08-21T18:01:00.000Z",
  steps: [{ phase: "Swapping", at: "2026-08-21T18:00:00.000Z", message: "" }],
};

test("a swap has its time from when this process saw it, whatever the journal's clock said", () => {
  let now = 5_000;
  const timer = new RecoveryTimer(() => now);
  const halt = haltWith({}, SWAPPING);
  expect(timer.leftOf(halt)).toBe(60_000);
  now += 59_000;
  expect(timer.leftOf(haltWith({}, { ...SWAPPING, phase: "Recovering" }))).toBe(1_000);
  now += 1_000;
  expect(timer.leftOf(halt)).toBe(0);
});

test("a halt whose swap is over has no time, and one that begins anew has all of it", () => {
  let now = 0;
  const timer = new RecoveryTimer(() => now);
  timer.leftOf(haltWith({}, SWAPPING));
  now += 30_000;
  expect(timer.leftOf(haltWith({}, { ...SWAPPING, phase: "Recovered" }))).toBeUndefined();
  expect(timer.leftOf(haltWith({}, SWAPPING))).toBe(60_000);
});

test("a swap whose journal does not say when it began has ten minutes", () => {
  const timer = new RecoveryTimer(() => 0);
  for (const change of [{ steps: [] }, { recoverBy: "soon" }, { recoverBy: "2026-08-21T17:00:00.000Z" }])
    expect(timer.leftOf(haltWith({}, { ...SWAPPING, ...change }))).toBe(600_000);
});

test("a swap has its whole time, however often its halt said something else before", () => {
  let halt = haltWith({}, {});
  const say = (draft: Parameters<typeof journalMove>[1]) => {
    halt = { ...halt, status: journalMove(halt, draft, NOW).status };
  };
  for (let time = 0; time < 40; time += 1)
    say({ phase: "Recorded", reason: "SiblingsNotHalted", message: { found: `It is ${time}.` } });
  const recoverBy = new Date(NOW + 3_600_000).toISOString();
  say({ phase: "Swapping", reason: "ImageListed", message: { found: "Setting it." }, recoverBy });
  say({ phase: "Recreating", reason: "Recreating", message: { found: "Deleting it." } });
  expect(new RecoveryTimer(() => 0).leftOf(halt)).toBe(3_600_000);
});

test("the time of a swap that a person has stopped stands still", () => {
  let now = 0;
  const timer = new RecoveryTimer(() => now);
  timer.leftOf(haltWith({}, SWAPPING));
  now += 20_000;
  expect(timer.leftOf(haltWith({}, SWAPPING), true)).toBe(60_000);
  now += 20_000;
  expect(timer.leftOf(haltWith({}, SWAPPING), false)).toBe(40_000);
});

test("nothing stops the time of a swap once its pod was replaced", () => {
  const aborted = { [ANNOTATION_ABORT]: "true" };
  for (const [phase, stops] of [
    ["Swapping", true],
    ["Recreating", true],
    ["Recovering", false],
  ] as const) {
    const halt = haltWith({}, { ...SWAPPING, phase });
    for (const policy of [undefined, policyWith({ paused: true }), policyWith({ dryRun: true })])
      expect(isStopped(halt, policy)).toBe(stops);
    const stopped = { ...halt, metadata: { ...halt.metadata, annotations: aborted } };
    expect(isStopped(stopped, policyWith())).toBe(stops);
    expect(isStopped(halt, policyWith())).toBe(false);
  }
});

const page = (reason: string): NonNullable<NodeHaltStatus["page"]> => ({
  key: "k",
  reason,
  summary: "s",
  at: "",
  delivered: [],
  attempts: 1,
  state: "Sent",
});

test.each([
  ["Swapping", "ImageListed", "begun", undefined, false],
  ["Swapping", "SameValidatorMayRun", "sei/copy may run", "SameValidatorMayRun", true],
  ["Swapping", "StrangerNotKnown", "sei/copy is not known", undefined, false],
  ["Swapping", "StrangerNotKnown", "sei/copy is not known", "ImageMappingMissing", false],
  ["Swapping", "PodGone", "Pod sei-0-0 is gone.", "PodGone", false],
  ["Recreating", "Recreating", "begun", undefined, false],
  ["Recreating", "Recreating", "Deleting pod sei-0-0, which came back", "Recreating", false],
  ["Recreating", "StrangerNotKnown", "sei/copy is not known", "StrangerNotKnown", true],
  ["Swapping", "ErrorBudgetSpent", "1 swaps failed", undefined, true],
  ["Recreating", "ErrorBudgetSpent", "1 swaps failed", "ErrorBudgetSpent", true],
  ["Recovering", "ErrorBudgetSpent", "1 swaps failed", undefined, false],
  ["Recovering", "ImageRewritten", "another image", "ImageRewritten", false],
] as const)(
  "in %s with %s (%s) and a page about %s its time stands still: %s",
  (...[phase, reason, message, paged, stands]) => {
    const steps = [{ phase, at: "2026-08-21T18:00:00.000Z", message: "begun" }];
    const status = { ...SWAPPING, phase, reason, message, steps, ...(paged && { page: page(paged) }) };
    expect(isStopped(haltWith({}, status), policyWith())).toBe(stands);
  },
);

test("a swap stands still where it is stopped, and in a phase that only a newer controller can go on from", () => {
  const inPhase = (phase: string) => haltWith({}, { ...SWAPPING, phase: phase as "Swapping" });
  const still = ["Swapping", "Draining", "Recovering"].map((phase) => [
    standsStill(inPhase(phase), policyWith()),
    standsStill(inPhase(phase), undefined),
  ]);
  expect(still).toEqual([
    [false, true],
    [true, true],
    [false, false],
  ]);
});
