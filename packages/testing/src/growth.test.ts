import { expect, test } from "vitest";
import { growthBetween } from "./growth.ts";

test.each([
  ["the same at any size", 0, 7],
  ["linear", 1, 70],
  ["quadratic", 2, 700],
])("a cost that is %s has the exponent %d", (_, k, cost) => {
  expect(growthBetween({ size: 100, cost: 7 }, { size: 1_000, cost })).toBeCloseTo(k, 12);
});

test("only the ratio of the sizes counts", () => {
  expect(growthBetween({ size: 3, cost: 10 }, { size: 6, cost: 40 })).toBeCloseTo(2, 12);
});
