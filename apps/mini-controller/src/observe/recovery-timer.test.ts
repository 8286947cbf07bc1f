import { expect, test } from "vitest";
import type { NodeHaltStatus } from "../api/node-halt.ts";
import { haltWith } from "../testing/observations.ts";
import { RecoveryTimer } from "./recovery-timer.ts";

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

test("the time of a swap that a person has stopped stands still", () => {
  let now = 0;
  const timer = new RecoveryTimer(() => now);
  timer.leftOf(haltWith({}, SWAPPING));
  now += 20_000;
  expect(timer.leftOf(haltWith({}, SWAPPING), true)).toBe(60_000);
  now += 20_000;
  expect(timer.leftOf(haltWith({}, SWAPPING), false)).toBe(40_000);
});
