import fc from "fast-check";
import { expect, test } from "vitest";
import { isNearPlan, nextWait } from "./schedule.ts";

const pace = { intervalMs: 1_000, maxIntervalMs: 30_000 };

test("a node that answers is read at the interval, 8 % more or less", () => {
  const progress = { failures: 0, nearPlan: false };
  expect(nextWait(pace, progress, 0)).toBeCloseTo(920);
  expect(nextWait(pace, progress, 0.5)).toBeCloseTo(1_000);
  expect(nextWait(pace, progress, 0.999999)).toBeCloseTo(1_080, 1);
});

test("near a listed plan a node is read four times as often", () => {
  expect(nextWait(pace, { failures: 0, nearPlan: true }, 0.5)).toBeCloseTo(250);
});

test("a node that does not answer is asked less and less, and never less than the longest wait", () => {
  const waits = [1, 2, 3, 4, 5, 6, 1_000].map((failures) =>
    nextWait(pace, { failures, nearPlan: true }, 0.5),
  );
  expect(waits.map(Math.round)).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test("no pace makes a wait of nothing or of for ever", () => {
  const positive = fc.integer({ min: 1, max: 1e9 });
  const progress = fc.record({ failures: fc.nat(), nearPlan: fc.boolean() });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(positive, positive, progress, random, (intervalMs, maxIntervalMs, seen, at) => {
      const wait = nextWait({ intervalMs, maxIntervalMs }, seen, at);
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThanOrEqual(1.1 * Math.max(intervalMs, maxIntervalMs));
    }),
  );
});

test.each([
  [undefined, false],
  [29_899, false],
  [29_900, true],
  [29_999, true],
  [30_000, false],
  [30_001, false],
])("at height %s, near a plan at 30,000: %s", (height, near) => {
  expect(isNearPlan(height, [{ planName: "v6.7", height: 30_000 }, { planName: "v6.8" }])).toBe(near);
});
