import { describe, expect, it } from "vitest";
import { releasedContract } from "../../scripts/lock.ts";
import { brokenPromises, type Contract, contractOfCode, unrecorded } from "./append-only.ts";

const RELEASED = releasedContract();

describe("the contract is append-only", () => {
  it("keeps everything that was released", () => {
    expect(brokenPromises(RELEASED, contractOfCode())).toEqual([]);
  });

  it("has recorded everything that it adds", () => {
    expect(unrecorded(RELEASED, contractOfCode())).toEqual([]);
  });
});

/** The released contract with a change to its reason 70. */
function reason(change: object): Contract {
  return {
    ...RELEASED,
    reasons: RELEASED.reasons.map((reason) => (reason.code === 70 ? { ...reason, ...change } : reason)),
  };
}

/** The released contract with a change to one of its fields. */
function field(name: string, change: object): Contract {
  return {
    ...RELEASED,
    fields: RELEASED.fields.map((field) => (field.name === name ? { ...field, ...change } : field)),
  };
}

const without = (name: string) => RELEASED.fields.filter((field) => field.name !== name);
const CHAIN_ID = { code: 73, constant: "ChainIdMismatch", token: "chain_id_mismatch" };
const NODE_ID = { name: "node_id", type: "string", omitted: "when empty" } as const;

describe("the gate", () => {
  it.each<[string, Contract, string]>([
    [
      "a renumbered code",
      reason({ code: 74 }),
      '70 (UpgradeRequired, "upgrade_required") was renumbered to 74: give it 70 again',
    ],
    ["a dropped code", { ...RELEASED, reasons: RELEASED.reasons.slice(0, -1) }, "was dropped: put it back"],
    [
      "a renamed constant",
      reason({ constant: "UpgradeNeeded" }),
      "was renamed to UpgradeNeeded: name it UpgradeRequired again",
    ],
    [
      "a renamed token",
      reason({ token: "upgrade_needed" }),
      'got the token "upgrade_needed": write "upgrade_required" again',
    ],
    [
      "a new code outside of the ranges",
      { ...RELEASED, reasons: [...RELEASED.reasons, { ...CHAIN_ID, code: 69 }] },
      "69 (ChainIdMismatch) lies outside of the reserved ranges: take a free code of 73-79 and 80-89",
    ],
    [
      "a second constant for a released code",
      { ...RELEASED, reasons: [...RELEASED.reasons, { ...CHAIN_ID, code: 72 }] },
      '72 (ChainIdMismatch, "chain_id_mismatch") is DowngradeDetected already: take a code of its own',
    ],
    [
      "a released token for a new code",
      { ...RELEASED, reasons: [...RELEASED.reasons, { ...CHAIN_ID, token: "upgrade_required" }] },
      '73 (ChainIdMismatch, "upgrade_required") has the token of 70: give it one of its own',
    ],
    [
      "a range that shrank",
      { ...RELEASED, reserved: { ...RELEASED.reserved, upgrade: { first: 73, last: 78 } } },
      'the range "upgrade" (73-79) became 73-78',
    ],
    [
      "a dropped range",
      { ...RELEASED, reserved: { upgrade: { first: 73, last: 79 } } },
      'the range "operator" (80-89) was dropped',
    ],
    [
      "a renamed /status field",
      { ...RELEASED, statusField: "haltIntent" },
      'the /status field "halt_intent" became "haltIntent"',
    ],
    [
      "a renamed field",
      field("plan_name", { name: "plan" }),
      'the field "plan_name" was renamed or dropped: put it back',
    ],
    ["a dropped field", { ...RELEASED, fields: without("info") }, 'the field "info" was renamed or dropped'],
    [
      "reordered fields",
      { ...RELEASED, fields: RELEASED.fields.toReversed() },
      "the fields were reordered to announced_at, info",
    ],
    [
      "a changed omission",
      field("height", { omitted: "never" }),
      'the field "height" is left out never: it was left out when 0',
    ],
    [
      "a changed type",
      field("height", { type: "string" }),
      'the field "height" became string: make it int64 again',
    ],
    [
      "a new field that is never left out",
      { ...RELEASED, fields: [...RELEASED.fields, { ...NODE_ID, omitted: "never" }] },
      'the new field "node_id" is never left out: leave it out when empty',
    ],
    [
      "a new field between",
      { ...RELEASED, fields: [NODE_ID, ...RELEASED.fields] },
      'the new field "node_id" stands before released ones: append it at the end',
    ],
  ])("catches %s", (_, changed, words) => {
    expect(brokenPromises(RELEASED, changed).join("\n")).toContain(words);
  });

  it.each<[string, Contract]>([
    ["a code of a reserved range", { ...RELEASED, reasons: [...RELEASED.reasons, CHAIN_ID] }],
    ["a field at the end", { ...RELEASED, fields: [...RELEASED.fields, NODE_ID] }],
    ["a new range", { ...RELEASED, reserved: { ...RELEASED.reserved, chain: { first: 90, last: 99 } } }],
  ])("lets %s pass once it is recorded", (_, changed) => {
    expect(brokenPromises(RELEASED, changed)).toEqual([]);
    expect(unrecorded(RELEASED, changed)).toEqual([expect.stringContaining("run lock:record`")]);
    expect(unrecorded(changed, changed)).toEqual([]);
  });

  it("holds what was recorded later just as well", () => {
    const later = { ...RELEASED, reasons: [...RELEASED.reasons, CHAIN_ID] };
    expect(brokenPromises(later, RELEASED)).toEqual([expect.stringContaining("73 (ChainIdMismatch")]);
  });
});
