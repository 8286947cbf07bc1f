import { expect, test } from "vitest";
import { named } from "./named.ts";

const PODS = ["sei-0 (runs)", "sei-1 (no answer)", "sei-2", "sei-3", "sei-4", "sei-5"];

test.each([
  [Number.POSITIVE_INFINITY, "sei-0 (runs), sei-1 (no answer), sei-2, sei-3, sei-4 and 1 more"],
  [44, "sei-0, sei-1, sei-2, sei-3, sei-4 and 1 more"],
  [25, "sei-0, sei-1 and 4 more"],
  [18, "sei-0 and 5 more"],
])("of names with notes those are said that %d characters have room for", (most, text) => {
  expect(named(PODS, most)).toBe(text);
});

test("one long name loses its note, then its middle, and keeps its end", () => {
  expect(named([`${"validator-".repeat(10)}12 (runs)`], 30)).toBe("validator-valid…r-validator-12");
});

test("a name that has no room at all is left out", () => {
  expect(named(["sei-0", "sei-1"], 0)).toBe(" and 1 more");
});
