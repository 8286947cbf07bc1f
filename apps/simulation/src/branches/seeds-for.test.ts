import { expect, it } from "vitest";
import { seedsFor, type Take } from "./seeds-for.ts";

const take = (seed: number, steps: number, taken: string): Take => ({ seed, steps, taken: [...taken] });

it("keeps no seed that brings nothing", () => {
  expect(seedsFor([take(1, 10, "ab"), take(2, 10, "abc"), take(3, 10, "abcd"), take(4, 10, "a")])).toEqual([
    3, 2,
  ]);
});

it("keeps the seed with the fewest steps of those that bring the same", () => {
  expect(seedsFor([take(1, 30, "ab"), take(2, 10, "ab"), take(3, 20, "ab")])).toEqual([2, 3]);
});

it("keeps a seed for a branch that no other one takes", () => {
  expect(seedsFor([take(1, 10, "ab"), take(2, 10, "ab"), take(3, 90, "z")])).toContain(3);
});

it("keeps none where nothing was taken", () => {
  expect(seedsFor([])).toEqual([]);
});
