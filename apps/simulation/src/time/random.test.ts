import { expect, test } from "vitest";
import { Random } from "./random.ts";

test("one seed gives the same numbers again, and another gives others", () => {
  const numbers = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 5 }, random.next);
  };
  expect(numbers(7)).toEqual(numbers(7));
  expect(numbers(7)).not.toEqual(numbers(8));
  expect(numbers(2 ** 40)).not.toEqual(numbers(2 ** 41));
});

test("numbers between two bounds reach both and no further", () => {
  const random = new Random(1);
  const seen = new Set(Array.from({ length: 200 }, () => random.between(3, 5)));
  expect([...seen].sort()).toEqual([3, 4, 5]);
});

test("each purpose of a seed has numbers of its own, the same again", () => {
  const numbers = (purpose: string) => Array.from({ length: 3 }, Random.of(7, purpose).next);
  expect(numbers("nights")).toEqual(numbers("nights"));
  expect(numbers("nights")).not.toEqual(numbers("events"));
});
