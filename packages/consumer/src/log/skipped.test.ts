import { expect, test } from "vitest";
import { FORMATS } from "../testing/log-formats.ts";
import { findPlanLines } from "./find-plan-lines.ts";

const NEEDED = 'UPGRADE "v6.7" NEEDED at height: 30: ';
const SKIPPED = 'UPGRADE "v6.7" SKIPPED at 30: ';
const line = { reason: 70, plan: "v6.7", height: 30 };

test.each(Object.entries(FORMATS))(
  "a node that skips the upgrade has left its halt behind: %s",
  (_, write) => {
    for (const info of ["", "{}", "see a=b"]) {
      const log = [write("ERR", NEEDED, { module: "x" }), write("INF", `${SKIPPED}${info}`, { module: "x" })];
      expect(findPlanLines(log.join("\n"), { withUnsure: true })).toEqual([]);
    }
  },
);

test.each(Object.entries(FORMATS))("a halt after an upgrade that was skipped is told: %s", (_, write) => {
  const skipped = write("INF", 'UPGRADE "v6.6" SKIPPED at 9: ', { module: "x/upgrade" });
  const log = [skipped, write("INF", "committed state", { height: "29" }), write("ERR", NEEDED, {})];
  expect(findPlanLines(log.join("\n"), { withUnsure: true })).toMatchObject([line]);
});

test("what may be of the info of an upgrade that was skipped is no proof", () => {
  const log = `5:50PM INF UPGRADE "v9" SKIPPED at 9: module=x/upgrade\n5:59PM ERR ${NEEDED} module=x/upgrade`;
  expect(findPlanLines(log)).toEqual([]);
});

test("what follows the info of an upgrade that was skipped may be of it, and is nothing", () => {
  for (const info of ["a=b", "{}", "see"])
    expect(
      findPlanLines(`5:50PM INF UPGRADE "v9" SKIPPED at 9: ${info}\n5:59PM ERR ${NEEDED} module=x/upgrade`, {
        withUnsure: true,
      }),
    ).toEqual([]);
});

test("a skip that somebody wrote into a plan's info takes no halt line away", () => {
  const info = `x\n5:59PM INF ${SKIPPED}`;
  const log = `5:59PM ERR ${NEEDED}${info} module=x/upgrade\npanic: ${NEEDED}${info}\n\ngoroutine 1 [running]:`;
  expect(findPlanLines(log, { withUnsure: true })).toMatchObject([{ ...line, unsure: true }]);
});
