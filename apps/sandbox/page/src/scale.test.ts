import { expect, test } from "vitest";
import { leftOf, scaleOf } from "./scale.ts";

test("the line reaches to now, at most an eighth further, and stands still in between", () => {
  const ends = new Set<number>();
  for (let now = 0; now <= 3_600_000; now += 1_000) {
    const { end } = scaleOf(0, now);
    expect(end).toBeGreaterThanOrEqual(now);
    expect(end).toBeLessThanOrEqual(Math.max(now * 1.125, 10_000));
    ends.add(end);
  }
  expect(ends.size).toBeLessThan(80);
});

test("a time is drawn between the line's ends", () => {
  const scale = { start: Date.parse("2026-01-01T00:00:00Z"), end: Date.parse("2026-01-01T00:00:10Z") };
  expect(leftOf(scale, "2026-01-01T00:00:02.500Z")).toBe("25%");
  expect(leftOf(scale, "2025-01-01T00:00:00Z")).toBe("0%");
  expect(leftOf(scale, "2027-01-01T00:00:00Z")).toBe("100%");
});
