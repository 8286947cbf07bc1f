import { expect, test } from "vitest";
import { classify } from "./classify.ts";
import { findPlanLine } from "./plan-line.ts";

test("exit 70 with the upstream line in its log is a corroborated halt for that plan", () => {
  const planLine = findPlanLine('boot\nUPGRADE "v6.7" NEEDED at height: 30: \n');
  const verdict = classify({ process: { kind: "ended", end: { kind: "exited", code: 70 }, planLine } });
  expect(verdict).toEqual({
    kind: "halted",
    reason: 70,
    plan: "v6.7",
    height: 30,
    corroborated: true,
    sources: ["exit-code", "plan-line"],
    why: "It halted for upgrade_required (plan v6.7 at height 30), as exit-code, plan-line agree.",
    contradictions: [],
  });
});

test("exit 70 alone is a halt on one word", () => {
  const verdict = classify({ process: { kind: "ended", end: { kind: "exited", code: 70 } } });
  expect(verdict).toMatchObject({ kind: "halted", corroborated: false, sources: ["exit-code"] });
});
