import { expect, it } from "vitest";
import { ageOf, humanDuration } from "./duration.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// The cases of k8s.io/apimachinery pkg/util/duration, TestHumanDuration.
it.each([
  [SECOND, "1s"],
  [70 * SECOND, "70s"],
  [190 * SECOND, "3m10s"],
  [70 * MINUTE, "70m"],
  [47 * HOUR, "47h"],
  [49 * HOUR, "2d1h"],
  [8 * DAY + 2 * HOUR, "8d"],
  [367 * DAY, "367d"],
  [2 * 365 * DAY + 24 * HOUR, "2y1d"],
  [8 * 365 * DAY + 2 * HOUR, "8y"],
])("%d ms is %s", (milliseconds, text) => {
  expect(humanDuration(milliseconds)).toBe(text);
});

it("knows no age of what has no time", () => {
  expect(ageOf(undefined, 0)).toBe("<unknown>");
});
