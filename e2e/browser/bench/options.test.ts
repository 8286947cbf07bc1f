import { describe, expect, test } from "vitest";
import { UsageError } from "../../bench/command-line.ts";
import { parseOptions } from "./options.ts";
import { framesASecond } from "./trace.ts";

describe("the sizes of a run", () => {
  test("are those of the targets unless said", () => {
    expect(parseOptions([])).toMatchObject({ nodes: 200, hours: 24, running: 50, crowd: 200, json: false });
  });

  test.each([
    [["--running", "65"], "--running 65 is no whole number from 1 to 64"],
    [["--crowd", "0"], "--crowd 0 is no whole number from 1 to 1000"],
    [["--hours", "1"], "--hours 1 is no whole number from 2 to 240"],
    [
      ["--parts", "pixel,lunch"],
      "--parts pixel,lunch: lunch is none of script, pixel, memory, idle, pages, start",
    ],
    [["--bogus"], "Unknown option '--bogus'"],
  ])("%j is refused with one sentence", (args, message) => {
    expect(() => parseOptions(args)).toThrow(new UsageError(message));
  });
});

test("frames are counted from the first that was drawn to the last", () => {
  const drawn = [0, 20_000, 40_000, 60_000, 100_000].map((ts) => ({ name: "DrawFrame", ts }));
  expect(framesASecond([...drawn, { name: "Paint", ts: 900_000 }])).toBe(40);
});
