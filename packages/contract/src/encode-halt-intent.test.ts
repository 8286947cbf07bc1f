import { describe, expect, it } from "vitest";
import { encodeHaltIntent } from "./encode-halt-intent.ts";
import type { HaltIntent } from "./halt-intent.ts";

const INTENT: HaltIntent = {
  reason: 70,
  reason_string: "upgrade_required",
  announced_at: "2026-08-21T17:59:41.12Z",
};

describe("encodeHaltIntent", () => {
  it("writes the wire's order whatever order the fields came in", () => {
    const shuffled: HaltIntent = {
      announced_at: "2026-08-21T17:59:41.120Z",
      info: '{"upgradeType":"minor"}',
      height: 240_000_000,
      plan_name: "v6.7",
      reason_string: "upgrade_required",
      reason: 70,
    };
    expect(encodeHaltIntent(shuffled)).toBe(
      String.raw`{"reason":70,"reason_string":"upgrade_required","plan_name":"v6.7","height":240000000,"info":"{\"upgradeType\":\"minor\"}","announced_at":"2026-08-21T17:59:41.12Z"}`,
    );
  });

  it.each([
    { plan_name: "", height: 0, info: "" },
    { plan_name: undefined, height: -0, info: undefined },
  ])("leaves %j out", (empty) => {
    expect(encodeHaltIntent({ ...INTENT, ...empty })).toBe(encodeHaltIntent(INTENT));
  });

  it.each([
    ["\ud800", String.raw`\ufffd`],
    ["\udc00\ud800", String.raw`\ufffd\ufffd`],
    ["a\ud83d<\ude80b", String.raw`a\ufffd\u003c\ufffdb`],
    ["\ud83d\ude80\ud83d", `\ud83d\ude80${String.raw`\ufffd`}`],
    ["\ufffd", "\ufffd"],
    ["\\ud800", String.raw`\\ud800`],
    ["\\\ud800\\ud800", String.raw`\\\ufffd\\ud800`],
  ])("writes the text %j as Go writes bytes that are no UTF-8", (info, written) => {
    expect(encodeHaltIntent({ ...INTENT, info })).toContain(`"info":"${written}"`);
  });

  it.each([
    ["height", 0.5, "height: 0.5 is no integer within 2^53-1 of 0: give one, or leave it out"],
    ["reason", null, "reason: null is no integer within 2^53-1 of 0: give a ShutdownReason"],
    ["info", {}, "info: the object is no text: give a string"],
    [
      "announced_at",
      "2026-08-21T19:59:41+02:00",
      'announced_at: "2026-08-21T19:59:41+02:00" is no RFC 3339 time',
    ],
    ["announced_at", "x".repeat(1000), `announced_at: "${"x".repeat(40)}…" is no RFC 3339 time`],
  ])("says of a %s of %j what was found and what to do", (field, value, message) => {
    const write = () => encodeHaltIntent({ ...INTENT, [field]: value } as HaltIntent);
    expect(write).toThrow(message);
  });

  it.each([
    ["invalid_reason", "reason", 70.5],
    ["invalid_reason", "reason", Number.NaN],
    ["invalid_reason", "reason", 2 ** 53],
    ["invalid_reason", "reason", "70"],
    ["invalid_height", "height", 1.5],
    ["invalid_height", "height", 2 ** 53],
    ["invalid_height", "height", "240000000"],
    ["invalid_height", "height", null],
    ["invalid_text", "reason_string", undefined],
    ["invalid_text", "plan_name", 6],
    ["invalid_text", "info", {}],
    ["invalid_announced_at", "announced_at", "10000-01-01T00:00:00Z"],
    ["invalid_announced_at", "announced_at", "2026-08-21T19:59:41+02:00"],
    ["invalid_announced_at", "announced_at", undefined],
    ["invalid_announced_at", "announced_at", new Date(0)],
  ])("refuses as %s a %s of %j", (code, field, value) => {
    const intent = { ...INTENT, [field]: value } as HaltIntent;
    expect(() => encodeHaltIntent(intent)).toThrow(
      expect.objectContaining({ name: "ContractError", code, field, value }),
    );
  });
});
