import { expect, it } from "vitest";
import { seededRandom } from "./seeded-random.ts";

const firstOf = (seed: number, count: number) => Array.from({ length: count }, seededRandom(seed));

it("gives the same numbers for the same seed, and others for another", () => {
  expect(firstOf(1, 100)).toEqual(firstOf(1, 100));
  expect(firstOf(1, 100)).not.toEqual(firstOf(2, 100));
});

it("spreads over the whole of [0, 1)", () => {
  const numbers = firstOf(20, 10_000);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  const tenths = new Set(numbers.map((number) => Math.floor(number * 10)));
  expect(tenths.size).toBe(10);
});

it("takes a seed of any size", () => {
  expect(firstOf(2 ** 53 - 1, 2).every((number) => number >= 0 && number < 1)).toBe(true);
});
