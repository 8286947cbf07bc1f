import { describe, expect, it } from "vitest";
import { beginBlocker, type UpgradeState } from "./begin-blocker.ts";
import type { Plan } from "./plan.ts";

const plan: Plan = { name: "v6.7", height: 100, info: "" };
const minor: Plan = { ...plan, info: '{"upgradeType":"MiNoR"}' };
const before = { name: "v6.6", height: 1 };

function at(
  height: number,
  state: Partial<Omit<UpgradeState, "handlers">> & { handlers?: readonly string[] },
) {
  const { handlers = [], ...rest } = state;
  const blank = { pending: undefined, lastApplied: undefined, skipHeights: new Set<number>() };
  return beginBlocker({ ...blank, ...rest, height, handlers: new Set(handlers) });
}

describe("at the beginning of a block, x/upgrade", () => {
  it("proceeds without a plan, and before a plan that it has no handler for", () => {
    expect(at(5, {})).toEqual({ kind: "proceed" });
    expect(at(99, { pending: plan })).toEqual({ kind: "proceed" });
  });

  it.each([100, 101, 5_000])("needs an upgrade at %d: due, and no handler", (height) => {
    expect(at(height, { pending: plan })).toEqual({
      kind: "halt",
      reason: 70,
      plan,
      text: 'UPGRADE "v6.7" NEEDED at height: 100: ',
    });
  });

  it("puts the plan's info at the end of the text", () => {
    expect(at(100, { pending: { ...plan, info: "go build" } })).toMatchObject({
      text: 'UPGRADE "v6.7" NEEDED at height: 100: go build',
    });
  });

  it("carries a due plan out when it has the handler", () => {
    expect(at(100, { pending: plan, handlers: ["v6.7"] })).toEqual({ kind: "apply", plan });
  });

  it("clears a due plan at a height that is skipped, with the handler or without", () => {
    const skipHeights = new Set([100]);
    expect(at(100, { pending: plan, skipHeights })).toEqual({ kind: "clear", plan });
    expect(at(100, { pending: plan, skipHeights, handlers: ["v6.7"] })).toEqual({ kind: "clear", plan });
  });

  it("is too new for a plan that is not due and not minor, when it has the handler", () => {
    expect(at(99, { pending: plan, handlers: ["v6.7"] })).toEqual({
      kind: "halt",
      reason: 71,
      plan,
      text: 'BINARY UPDATED BEFORE TRIGGER! UPGRADE "v6.7" - in binary but not executed on chain',
    });
  });

  it.each(["not json", '{"upgradeType":"major"}', '{"upgradeType":1}', "[]", "null", ""])(
    "takes the info %j for a major release",
    (info) => {
      expect(at(99, { pending: { ...plan, info }, handlers: ["v6.7"] })).toMatchObject({ reason: 71 });
    },
  );

  it.each([minor.info, '{"a":1,"UpgradeType":"MINOR"}'])(
    "lets the handler of a release with %s come early",
    (info) => {
      expect(at(99, { pending: { ...plan, info }, handlers: ["v6.7"] })).toEqual({ kind: "proceed" });
    },
  );

  it("speaks of a minor release to come every 100 blocks, while it has no handler", () => {
    const late: Plan = { ...minor, height: 1_000 };
    expect(at(300, { pending: late })).toEqual({
      kind: "scheduled",
      text: `UPGRADE "v6.7" SCHEDULED at height: 1000: ${minor.info}`,
    });
    expect(at(301, { pending: late })).toEqual({ kind: "proceed" });
    expect(at(300, { pending: late, handlers: ["v6.7"] })).toEqual({ kind: "proceed" });
    expect(at(300, { pending: late, skipHeights: new Set([1_000]) })).toEqual({ kind: "proceed" });
  });

  it.each([
    ["no plan", {}],
    ["a plan that is not due", { pending: plan }],
    ["a plan at a skipped height", { pending: { ...plan, height: 5 }, skipHeights: new Set([5]) }],
  ] as const)("has been downgraded when the last applied plan has no handler: %s", (_, state) => {
    expect(at(5, { ...state, lastApplied: before })).toEqual({
      kind: "halt",
      reason: 72,
      plan: { name: "v6.6", height: 1, info: "" },
      text: "Wrong app version 0, upgrade handler is missing for v6.6 upgrade plan",
    });
  });

  it("needs the due upgrade rather than the last applied one", () => {
    expect(at(100, { pending: plan, lastApplied: before })).toMatchObject({ reason: 70 });
  });

  it("is downgraded rather than too new", () => {
    expect(at(5, { pending: plan, lastApplied: before, handlers: ["v6.7"] })).toMatchObject({ reason: 72 });
  });
});
