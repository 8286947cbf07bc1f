import { expect, test } from "vitest";
import { findPlanLines } from "./find-plan-lines.ts";

const NEEDED = 'UPGRADE "v6.7" NEEDED at height: 30: ';

test.each([
  ["a console with zoned times and words before a colon", (at: string) => `${at} ERR memo: `],
  ["one of several programs", (_: string, i: number) => `Aug 21 18:00:00 host p${i}: `],
  ["a time and two spaces", (at: string) => `${at}  `],
  ["a time with seconds and two spaces", () => "2026-08-21 18:00:00  "],
  ["a time that is no whole one", () => "2026-08-21 18:00 "],
])("a halt text in %s is no line of syslog, s6 or pm2", (_, before) => {
  const at = "2026-08-21T18:00:00Z";
  const log = [`${before(at, 0)}boot`, `${before(at, 1)}${NEEDED}`, `${before(at, 2)}more`].join("\n");
  expect(findPlanLines(log)).toEqual([]);
});

test.each([
  "2026-08-21T18:00:00Z error p2p",
  "2026-08-21T18:00:00Z notice p2p",
  "2026-08-21T18:00:00.123456789Z peer said",
  "Aug 21 18:00:00 error p2p",
])("what a console says after `%s: ` is no line of syslog", (before) => {
  expect(findPlanLines(`${before}: panic: ${NEEDED}\n${before}: closed\n`)).toEqual([]);
});
