import type { EndedProcess, Evidence, KnownHalt } from "@upgrade-halt/consumer";
import { expect, test } from "vitest";
import { haltWith } from "../testing/observations.ts";
import { hasWorkedUnread, withoutLeftHalt } from "./newest-end.ts";

const HOUR_MS = 3_600_000;
const believed: KnownHalt = {
  ...{ kind: "halted", reason: 70, plan: "v6.7", height: 30, corroborated: true },
  sources: ["exit-code", "plan-line"],
};
const halt = haltWith({ restartCount: 0 }).spec;
const LINE = { reason: 70, plan: "v6.7", height: 30 } as const;

function ended(code: number, ms: number, planLines: EndedProcess["planLines"] = []): Evidence {
  const end = { kind: "exited", code } as const;
  return { process: { kind: "ended", end, startedAt: 0, endedAt: ms, planLines }, believed };
}

test.each([
  ["the halted run itself", 0, ended(70, HOUR_MS), true],
  ["a restart that ends with the same code at once", 1, ended(70, 1_000), true],
  ["a later run of an hour that ends with the same code and names no plan", 1, ended(70, HOUR_MS), false],
  ["a later run of an hour that tells of the very plan", 1, ended(70, HOUR_MS, [LINE]), true],
  ["a later run of an hour that crashed", 1, ended(1, HOUR_MS), false],
])("%s keeps what was believed: %o", (_, run, evidence, keeps) => {
  expect(withoutLeftHalt(evidence, run, halt).believed).toBe(keeps ? believed : undefined);
});

test.each([
  ["told its height", { run: 1, runHeight: 31 }, HOUR_MS, false],
  ["was silent", { run: 1, runHeight: undefined }, HOUR_MS, true],
  ["was not read", { run: 0, runHeight: 1 }, HOUR_MS, true],
  ["ended as it started", { run: 0, runHeight: 1 }, 1_000, false],
])("a run of an hour that %s: what an earlier run told is over: %o", (_, live, ms, isOver) => {
  expect(hasWorkedUnread(ended(70, ms), 1, live)).toBe(isOver);
});
