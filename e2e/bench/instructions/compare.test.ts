import { expect, test } from "vitest";
import { compare, tableOf } from "./compare.ts";

const counted = (...rounds: number[]) => [{ what: "encode", rounds }];

test("up to 5 % more than the baseline holds, and less does", () => {
  expect(compare(counted(1_050, 1_050, 1_050), { encode: 1_000 })).toMatchObject([
    { ratio: 1.05, verdict: "held" },
  ]);
  expect(compare(counted(500), { encode: 1_000 })).toMatchObject([{ ratio: 0.5, verdict: "held" }]);
});

test("more than that does not, by the median of the rounds", () => {
  expect(compare(counted(1_051, 1_049, 1_052), { encode: 1_000 })).toMatchObject([
    { count: 1_051, verdict: "more" },
  ]);
});

test("rounds that are further apart tell nothing", () => {
  const [comparison] = compare(counted(1_000, 1_000, 1_051), { encode: 1_000 });
  expect(comparison).toMatchObject({ verdict: "restless", spread: 0.051 });
});

test("a baseline that is not there is said, not passed", () => {
  expect(compare(counted(1_000), undefined)).toMatchObject([{ what: "encode", verdict: "no baseline" }]);
  expect(compare(counted(1_000), { parse: 10 })).toEqual([
    { what: "encode", count: 1_000, spread: 0, verdict: "no baseline" },
    { what: "parse", before: 10, verdict: "not counted" },
  ]);
});

test("the table shows both sides, the spread and what came of it", () => {
  const lines = tableOf(compare(counted(2_000, 2_002, 2_004), { encode: 1_000, parse: 10 })).split("\n");
  expect(lines[1]).toMatch(/^ {2}encode +2,002 +0\.200 % +1,000 +2\.002x +MORE by over 5 %$/);
  expect(lines[2]).toMatch(/^ {2}parse +- +- +10 +- +NOT COUNTED$/);
});
