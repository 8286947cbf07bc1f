import { expect, test } from "vitest";
import { findPlanLines, parsePlanLine } from "./plan-line.ts";

test.each([
  [
    'UPGRADE "v6.7" NEEDED at height: 240000000: {"upgradeType":"major"}',
    { reason: 70, plan: "v6.7", height: 240000000 },
  ],
  ['UPGRADE "v6.7" NEEDED at height: 30: ', { reason: 70, plan: "v6.7", height: 30 }],
  ['UPGRADE "v6.7" NEEDED at height: 30:', { reason: 70, plan: "v6.7", height: 30 }],
  [
    '{"level":"error","message":"UPGRADE \\"v6.7\\" NEEDED at height: 30: "}',
    { reason: 70, plan: "v6.7", height: 30 },
  ],
  [
    'BINARY UPDATED BEFORE TRIGGER! UPGRADE "v6.7" - in binary but not executed on chain',
    { reason: 71, plan: "v6.7" },
  ],
  ["Wrong app version 0, upgrade handler is missing for v6.6 upgrade plan", { reason: 72, plan: "v6.6" }],
])("reads %j", (line, expected) => {
  expect(parsePlanLine(line)).toEqual(expected);
});

test.each([
  'UPGRADE "v6.7" SCHEDULED at height: 30: ',
  'UPGRADE "" NEEDED at height: 30: ',
  'UPGRADE "v6.7" NEEDED at time: 2026-08-21T00:00:00Z: ',
  "UPGRADE v6.7 NEEDED",
  "",
])("sees no halt in %j", (line) => {
  expect(parsePlanLine(line)).toBeUndefined();
});

test("a height that no chain has is no height", () => {
  expect(parsePlanLine('UPGRADE "v6.7" NEEDED at height: 9223372036854775807: ')).toEqual({
    reason: 70,
    plan: "v6.7",
  });
});

test("a halt line counts once, however often the log has it, and whatever comes after it", () => {
  const line = 'UPGRADE "v6.7" NEEDED at height: 30: ';
  const log = ["boot", `5:59PM ERR ${line} module=x/upgrade`, line, "panic: goodbye"].join("\r\n");
  expect(findPlanLines(log)).toEqual([{ reason: 70, plan: "v6.7", height: 30 }]);
});

test("halt lines that disagree are all there, the newest first, four at most", () => {
  const log = [10, 20, 30, 40, 50].map((height) => `UPGRADE "v${height}" NEEDED at height: ${height}: `);
  expect(findPlanLines(log.join("\n")).map(({ height }) => height)).toEqual([50, 40, 30, 20]);
});

test("a plan name never spans lines", () => {
  expect(findPlanLines('UPGRADE "v6\n.7" NEEDED at height: 30: ')).toEqual([]);
});

test("a megabyte without a halt line does not make it backtrack for ever", () => {
  expect(findPlanLines(`${"Wrong app version 0, ".repeat(50_000)}\n${'UPGRADE "'.repeat(50_000)}`)).toEqual(
    [],
  );
});
