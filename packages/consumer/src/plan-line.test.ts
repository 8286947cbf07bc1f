import { expect, test } from "vitest";
import { findPlanLine, parsePlanLine } from "./plan-line.ts";

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

test("the last halt line of a log counts, whatever comes after it", () => {
  const log = [
    'UPGRADE "v6.6" NEEDED at height: 20: ',
    "restarted",
    'UPGRADE "v6.7" NEEDED at height: 30: ',
    "panic: goodbye",
  ].join("\r\n");
  expect(findPlanLine(log)).toEqual({ reason: 70, plan: "v6.7", height: 30 });
});

test("a plan name never spans lines", () => {
  expect(findPlanLine('UPGRADE "v6\n.7" NEEDED at height: 30: ')).toBeUndefined();
});

test("a megabyte without a halt line does not make it backtrack for ever", () => {
  expect(
    findPlanLine(`${"Wrong app version 0, ".repeat(50_000)}\n${'UPGRADE "'.repeat(50_000)}`),
  ).toBeUndefined();
});
