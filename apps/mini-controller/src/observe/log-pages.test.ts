import { expect, test } from "vitest";
import { firstTime, readPages } from "./log-pages.ts";

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

test.each([4, 5])(
  "of lines that have one time none is lost or read twice where a page ends after %i",
  async (most) => {
    const stamps = ["00.9Z", "01.5Z", "01.5Z", "01.5Z", "02.1Z", "02.1Z"].map(
      (time) => `2026-08-21T12:00:${time}`,
    );
    const log = stamps.map((stamp, index) => ({ stamp, line: `${stamp} line ${index}\n` }));
    const read = await readPages(async ({ sinceTime = "" }) => {
      const since = log.filter(({ stamp }) => stamp >= sinceTime.replace("Z", ""));
      const page = since.slice(0, most).map(({ line }) => line);
      return { text: page.join(""), isWhole: page.length === since.length };
    }, undefined);
    expect(read?.split("\n")).toEqual(log.map((_, index) => `line ${index}`));
  },
);
