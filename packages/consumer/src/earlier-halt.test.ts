import { expect, test } from "vitest";
import { classify } from "./classify.ts";
import { recommend } from "./recommend.ts";

const AT = Date.UTC(2026, 7, 21, 18);
const ended = (code: number, rest: object = {}) =>
  ({ kind: "ended", end: { kind: "exited", code }, ...rest }) as const;

const LINES = {
  70: { reason: 70, plan: "v6.7", height: 30 },
  71: { reason: 71, plan: "v6.8" },
  72: { reason: 72, plan: "v6.6" },
} as const;
const endedFor = (code: 2 | 70 | 71 | 72, reason: 70 | 71 | 72, times = {}) =>
  ended(code, { planLines: [LINES[reason]], ...times });

test.each([
  ["a 70 after a 71, as of a binary that was taken back", endedFor(71, 71), endedFor(70, 70)],
  ["a 70 after a panic for 71", endedFor(2, 71), endedFor(70, 70)],
  ["a 72 after a 70", endedFor(70, 70), endedFor(72, 72)],
])("the halt of the instance before disputes no halt for another reason: %s", (_, previous, process) => {
  const verdict = classify({ previous, process });
  expect(verdict).toMatchObject({ corroborated: true, sources: ["exit-code", "plan-line"] });
  expect(verdict.contradictions.join()).toContain("An instance before it halted for ");
});

const policy = { chainId: "pacific-1", upgrades: [], previousImage: "sei:v6.6" };
const seenAt = (height: number) => ({ lastSeen: { chainId: "pacific-1", height } });

test.each([
  ["at once", {}],
  ["after a whole run", { startedAt: AT - 7_200_000, endedAt: AT }],
])("a 71 %s after a 70 or a 72 is never taken back to what was too old", (_, times) => {
  for (const previous of [endedFor(70, 70), ended(70), endedFor(2, 70), endedFor(72, 72), ended(72)]) {
    const verdict = classify({ previous, process: endedFor(71, 71, times), ...seenAt(31) });
    expect(verdict).toMatchObject({ kind: "halted", reason: 71, disputed: true });
    expect(recommend(verdict, policy).action).toBe("page");
  }
});

test.each([
  [29, "roll-back"],
  [30, "page"],
  [5_000, "page"],
])("a 71 of a plan that is listed for height 30, of a node seen at %i: %s", (height, action) => {
  const listed = [{ planName: "v6.8", height: 30, image: "sei:v6.8" }];
  const verdict = classify({ process: endedFor(71, 71), listed, ...seenAt(height) });
  expect(recommend(verdict, { ...policy, upgrades: listed }).action).toBe(action);
});
