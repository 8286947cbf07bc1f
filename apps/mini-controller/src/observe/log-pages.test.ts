import { expect, test } from "vitest";
import { firstTime } from "./log-pages.ts";

test.each([
  ["2026-08-21T12:00:01Z INF started", "2026-08-21T12:00:01.000Z"],
  ["2026-08-21T12:00:01.5Z INF started", "2026-08-21T12:00:01.500Z"],
  ["2026-08-21T14:00:01.123456789+02:00 INF started", "2026-08-21T12:00:01.123Z"],
])("the time before the line %j is read", (text, time) => {
  expect(firstTime(text)).toBe(Date.parse(time));
});

test("a line with no time before it has none", () => {
  expect(firstTime("INF started")).toBeUndefined();
});
