import { describe, expect, test } from "vitest";
import { UsageError } from "../command-line.ts";
import { parseOptions } from "./options.ts";
import { isMet, type Row, tableOf } from "./report.ts";

describe("the sizes of a run", () => {
  test("are those of the targets unless said", () => {
    expect(parseOptions([])).toMatchObject({
      halts: 100,
      nodes: [100, 1000],
      rounds: 3,
      pods: 10_000,
      idle: 10_000,
      json: false,
    });
  });

  test("of a block are measured from the fewest nodes up, each once", () => {
    expect(parseOptions(["--nodes", "1000,50,1000"])).toMatchObject({ nodes: [50, 1000] });
  });

  test.each([
    [["--nodes", "none"], "--nodes none is no whole number from 1 to 10000"],
    [["--pods", "0"], "--pods 0 is no whole number from 1 to 100000"],
    [["--pods", "50", "--idle", "49"], "--idle 49 is no whole number from 50 to 100000"],
    [["--parts", "burst,lunch"], "--parts burst,lunch: lunch is none of latency, burst, start, watching"],
    [["--bogus"], "Unknown option '--bogus'"],
  ])("%j is refused with one sentence", (args, message) => {
    expect(() => parseOptions(args)).toThrow(new UsageError(message));
  });
});

describe("a target", () => {
  const row: Row = {
    part: "a part",
    what: "a time",
    unit: "ms",
    value: 13,
    beside: { what: "bare", value: 10 },
  };

  test("on the ratio is met up to it", () => {
    expect(isMet({ ...row, target: { of: "ratio", atMost: 1.3 } })).toBe(true);
    expect(isMet({ ...row, target: { of: "ratio", atMost: 1.2 } })).toBe(false);
  });

  test("on the least is met from it on", () => {
    expect(isMet({ ...row, target: { of: "value", atLeast: 13 } })).toBe(true);
    expect(isMet({ ...row, target: { of: "value", atLeast: 14 } })).toBe(false);
  });

  test("that is missed is said in the table, beside both figures and their ratio", () => {
    const table = tableOf([{ ...row, target: { of: "value", atMost: 5 } }]);
    expect(table).toMatch(/^a part\n {2}a time +13\.0 ms +bare 10\.0 ms +1\.30x {3}MISSED: at most 5 ms\n$/);
  });

  test("has the floor beside it where one was measured", () => {
    const table = tableOf([
      { ...row, target: { of: "value", atMost: 5 }, floor: { what: "rereads", value: 12 } },
    ]);
    expect(table).toMatch(/MISSED: at most 5 ms {3}floor: rereads 12\.0 ms, 1\.08x\n$/);
  });

  test("on a ratio to nothing is not met", () => {
    expect(isMet({ ...row, beside: { what: "bare", value: 0 }, target: { of: "ratio", atMost: 2 } })).toBe(
      false,
    );
  });
});
