import { describe, expect, it } from "vitest";
import { decodeHaltIntent } from "./decode-halt-intent.ts";

const AT = "2026-08-21T17:59:41.12Z";

/** The intent of a reading and the names of the fields it found damaged. */
function read(input: unknown) {
  const reading = decodeHaltIntent(input);
  if (reading.kind !== "intent") return reading;
  return {
    intent: reading.intent,
    ...(reading.unrecognised && { unrecognised: reading.unrecognised }),
    defective: reading.defects.map(({ field }) => field),
  };
}

describe("decodeHaltIntent", () => {
  it("tells a field that is not there from one that is null", () => {
    expect(decodeHaltIntent(undefined)).toEqual({ kind: "absent" });
    expect(decodeHaltIntent(null)).toEqual({ kind: "unavailable" });
  });

  it("reads a whole intent, integers as numbers or as canonical decimal strings", () => {
    const whole = {
      reason: 70,
      reason_string: "upgrade_required",
      plan_name: "v6.7",
      height: 240_000_000,
      info: "{}",
      announced_at: AT,
    };
    const expected = { intent: whole, defective: [] };
    expect(read(whole)).toEqual(expected);
    expect(read({ ...whole, reason: "70", height: "240000000" })).toEqual(expected);
  });

  it.each([
    { plan_name: null, height: null, info: null, reason_string: null, announced_at: null },
    { plan_name: "", height: 0, info: "", reason_string: "" },
    { plan_name: undefined, height: "0" },
    { height: -0 },
  ])("reads nothing in %j", (empty) => {
    expect(decodeHaltIntent({ reason: 70, ...empty })).toEqual({
      kind: "intent",
      intent: { reason: 70 },
      defects: [],
    });
  });

  it.each([
    [73, "upgrade"],
    [79, "upgrade"],
    [80, "operator"],
    [89, "operator"],
    [90, "outside"],
    [69, "outside"],
    [-1, "outside"],
    [2 ** 53 - 1, "outside"],
    ["-9007199254740991", "outside"],
  ])("keeps the reason %j as unrecognised, in the range %s", (reason, unrecognised) => {
    expect(read({ reason, reason_string: "chain_id_mismatch" })).toEqual({
      intent: { reason: Number(reason), reason_string: "chain_id_mismatch" },
      unrecognised,
      defective: [],
    });
  });

  it.each([
    undefined,
    null,
    0,
    -0,
    "0",
    70.5,
    2 ** 53,
    "9007199254740992",
    "070",
    "70.0",
    "7e1",
    " 70",
    "+70",
    "-0",
    "",
    true,
    [70],
    {},
    70n,
    Number.NaN,
  ])("is damaged where the reason is %s", (reason) => {
    expect(decodeHaltIntent({ reason, height: "what" })).toEqual({
      kind: "damaged",
      defects: [{ field: "reason", problem: expect.any(String) }],
    });
  });

  it.each([
    [],
    [70],
    "70",
    70,
    true,
    () => 70,
    Symbol("70"),
    new Map([["reason", 70]]),
    Object.create({ reason: 70 }),
  ])("is damaged where there is %s for an object", (input) => {
    expect(decodeHaltIntent(input).kind).toBe("damaged");
  });

  it.each([
    ["reason_string", 70],
    ["reason_string", "binary_too_new"],
    ["reason_string", "unknown"],
    ["plan_name", 6],
    ["height", 2 ** 53],
    ["height", "9007199254740992"],
    ["height", "0240000000"],
    ["height", 0.5],
    ["height", ""],
    ["info", { upgradeType: "minor" }],
    ["announced_at", "2026-02-30T00:00:00Z"],
    ["announced_at", "2026-08-21T19:59:41+24:00"],
    ["announced_at", ""],
    ["announced_at", 1_787_335_181],
  ])("keeps the halt and drops a %s of %j", (field, value) => {
    expect(read({ reason: 70, announced_at: AT, [field]: value })).toEqual({
      intent: field === "announced_at" ? { reason: 70 } : { reason: 70, announced_at: AT },
      defective: [field],
    });
  });

  it.each(["upgrade required", "UpgradeRequired", "upgrade_reqired", "an upgrade is due"])(
    "keeps %j, another writer's words for a known reason",
    (words) => {
      expect(read({ reason: 70, reason_string: words })).toEqual({
        intent: { reason: 70, reason_string: words },
        defective: [],
      });
    },
  );

  it("finds an unknown reason under the token of a known one contradictory", () => {
    expect(read({ reason: 73, reason_string: "upgrade_required" })).toMatchObject({
      defective: ["reason_string"],
    });
  });

  it("reads heights exactly up to 2^53-1", () => {
    for (const height of [1, 2 ** 53 - 2, 2 ** 53 - 1, -1, 1 - 2 ** 53]) {
      expect(read({ reason: 70, height })).toMatchObject({ intent: { height } });
      expect(read({ reason: 70, height: String(height) })).toMatchObject({ intent: { height } });
    }
  });

  it("trims the time as Go prints it", () => {
    expect(read({ reason: 70, announced_at: "2026-08-21T17:59:41.120Z" })).toMatchObject({
      intent: { announced_at: AT },
    });
  });

  it("reads a time of any offset as the same time in UTC", () => {
    expect(read({ reason: 70, announced_at: "2026-08-21T19:59:41.120+02:00" })).toEqual({
      intent: { reason: 70, announced_at: AT },
      defective: [],
    });
  });

  it("reads a lone surrogate as Go does", () => {
    expect(read({ reason: 70, info: "a\ud800b" })).toMatchObject({
      intent: { info: "a\ufffdb" },
      defective: [],
    });
  });

  it("ignores unknown fields, and takes a name in another case for one", () => {
    expect(read({ reason: 70, x: { y: [1] }, HEIGHT: 6 })).toMatchObject({
      intent: { reason: 70 },
      defective: [],
    });
    expect(decodeHaltIntent({ REASON: 70 }).kind).toBe("damaged");
  });
});

describe("decodeHaltIntent against objects that bite", () => {
  const bite = () => {
    throw new Error("bitten");
  };

  it("keeps the halt when another field's getter throws", () => {
    const input = Object.defineProperty({ reason: 70, info: "kept" }, "height", {
      get: bite,
      enumerable: true,
    });
    expect(read(input)).toMatchObject({ intent: { reason: 70, info: "kept" }, defective: ["height"] });
  });

  it("is damaged when the reason's getter throws", () => {
    expect(decodeHaltIntent(Object.defineProperty({}, "reason", { get: bite })).kind).toBe("damaged");
  });

  it("survives proxies that refuse everything, and revoked ones", () => {
    const handler = new Proxy({}, { get: () => bite });
    expect(decodeHaltIntent(new Proxy({}, handler)).kind).toBe("damaged");
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(decodeHaltIntent(proxy).kind).toBe("damaged");
  });

  it("survives cycles and deep nesting", () => {
    const cycle: Record<string, unknown> = { reason: 70 };
    cycle.info = cycle;
    expect(read(cycle)).toMatchObject({ intent: { reason: 70 }, defective: ["info"] });
    let deep: unknown = 0;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(read({ reason: 70, deep, info: deep })).toMatchObject({ defective: ["info"] });
  });

  it("neither reads nor touches a prototype", () => {
    const input = JSON.parse(
      '{"reason":70,"__proto__":{"height":5},"constructor":{"prototype":{"height":6}}}',
    );
    expect(read(input)).toMatchObject({ intent: { reason: 70 }, defective: [] });
    expect(Object.hasOwn(Object.prototype, "height")).toBe(false);
  });
});
