import { expect, it } from "vitest";
import type { JournalEvent } from "./journal.ts";
import { planStateAt } from "./plan-history.ts";

const a = { name: "a", height: 10, info: "" };
const b = { name: "b", height: 20, info: "" };
const applied: JournalEvent = { event: "applied", plan: "a", height: 10 };

it("has the first plan that is not settled pending, and the newest applied one behind it", () => {
  expect(planStateAt(9, [a, b], [])).toEqual({ pending: a, lastApplied: undefined });
  expect(planStateAt(11, [a, b], [applied])).toEqual({ pending: b, lastApplied: { name: "a", height: 10 } });
  const cleared: JournalEvent = { event: "cleared", plan: "b", height: 20 };
  expect(planStateAt(21, [a, b], [applied, cleared])).toMatchObject({
    pending: undefined,
    lastApplied: { name: "a" },
  });
});

it("decides a block again as if it had not been begun before", () => {
  expect(planStateAt(10, [a, b], [applied])).toEqual({ pending: a, lastApplied: undefined });
});

it("passes over a plan from the height on at which it was cancelled", () => {
  const cancelled = { ...a, cancelledAt: 8 };
  expect(planStateAt(7, [cancelled, b], [])).toMatchObject({ pending: cancelled });
  expect(planStateAt(8, [cancelled, b], [])).toMatchObject({ pending: b });
});
