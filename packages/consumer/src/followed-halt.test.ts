import { ShutdownReason } from "@upgrade-halt/contract";
import { expect, it } from "vitest";
import { classify } from "./classify.ts";
import type { Evidence } from "./evidence.ts";

const ENDED_AT = 1_000_000;
/** A pod that ended as too new, was given an older binary, and came to the plan's height with it, on a chain that its policy is not for. */
const FOLLOWED: Evidence = {
  process: { kind: "running", startedAt: ENDED_AT + 40_000 },
  previous: {
    kind: "ended",
    end: { kind: "exited", code: 71 },
    startedAt: ENDED_AT - 400_000,
    endedAt: ENDED_AT,
  },
  status: {
    kind: "answered",
    at: ENDED_AT + 60_000,
    envelope: "bare",
    node: {
      chainId: "pacific-1",
      height: 147,
      haltIntent: { kind: "intent", intent: { reason: 70, plan_name: "v1", height: 148 }, defects: [] },
    },
  },
  lastSeen: { height: 147 },
  listed: [{ planName: "v1", height: 148 }],
  chainId: "another-1",
};

it("tells, without leave to act, of a doubtful halt of what runs before one of an instance that is gone", () => {
  expect(classify(FOLLOWED)).toMatchObject({
    kind: "halted",
    reason: ShutdownReason.UpgradeRequired,
    plan: "v1",
    height: 148,
    corroborated: false,
    sources: [],
  });
});

it("keeps to the halt of before while that is believed", () => {
  const believed = {
    kind: "halted",
    reason: ShutdownReason.BinaryTooNew,
    sources: ["exit-code"],
    corroborated: false,
  } as const;
  expect(classify({ ...FOLLOWED, believed })).toMatchObject({ reason: ShutdownReason.BinaryTooNew });
});
