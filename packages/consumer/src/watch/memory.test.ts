import { expect, test } from "vitest";
import type { HaltBelief, StatusSighting } from "../evidence.ts";
import { decodeStatus } from "../status/decode-status.ts";
import { judgeReading, type Memory } from "./memory.ts";

const NOTHING: Memory = { lastSeen: {}, believed: undefined };
const listed = [{ planName: "v6.7", height: 30 }];

function halted(plan_name: string): StatusSighting {
  const decoded = decodeStatus({
    sync_info: { latest_block_height: "30" },
    halt_intent: { reason: 70, reason_string: "upgrade_required", plan_name, height: 30 },
  });
  if (decoded.kind !== "status") throw new Error(decoded.kind);
  return { kind: "answered", at: 0, envelope: decoded.envelope, node: decoded.node };
}

test("a halt that is read again is the same belief", () => {
  const { memory } = judgeReading(NOTHING, halted("v6.7"), listed);
  const again = judgeReading(memory, halted("v6.7"), listed);
  expect(memory.believed).toMatchObject({ kind: "halted", plan: "v6.7", corroborated: true });
  expect(again.memory.believed).toBe(memory.believed);
});

test("a halt with another plan is another belief", () => {
  const before = judgeReading(NOTHING, halted("v6.7"), []);
  const { verdict, memory } = judgeReading(before.memory, halted("v6.8"), []);
  expect(memory.believed).toBe(verdict);
});

test("a halt that one more source confirms is another belief", () => {
  const { memory } = judgeReading(NOTHING, halted("v6.7"), listed);
  const before = { ...memory.believed, sources: ["live-intent", "plan-line"] } as HaltBelief;
  const again = judgeReading({ ...memory, believed: before }, halted("v6.7"), listed);
  expect(again.memory.believed).toMatchObject({ sources: ["live-intent", "plan-line", "listed-plan"] });
});

test("a node that says null from the beginning runs once its height advances, and not while it stands", () => {
  const saying = (height: number): StatusSighting => ({
    kind: "answered",
    at: 0,
    envelope: "bare",
    node: { height, haltIntent: { kind: "unavailable" } },
  });
  const first = judgeReading(NOTHING, saying(30), listed);
  const still = judgeReading(first.memory, saying(30), listed);
  const next = judgeReading(still.memory, saying(31), listed);
  const kinds = [first, still, next].map(({ verdict }) => verdict.kind);
  expect(kinds).toEqual(["unknown", "unknown", "running"]);
});
