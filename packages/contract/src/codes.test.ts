import { describe, expect, it } from "vitest";
import {
  exitCode,
  type HaltReason,
  parseExitCode,
  parseReasonToken,
  ReservedRange,
  reasonToken,
  ShutdownReason,
} from "./codes.ts";

const TABLE = [
  ["Unknown", 0, "unknown"],
  ["UpgradeRequired", 70, "upgrade_required"],
  ["BinaryTooNew", 71, "binary_too_new"],
  ["DowngradeDetected", 72, "downgrade_detected"],
] as const;

describe("codes and tokens", () => {
  it("exports exactly the reasons of the table", () => {
    expect(ShutdownReason).toEqual(Object.fromEntries(TABLE.map(([name, code]) => [name, code])));
  });

  it.each(TABLE)("%s is %d and %s, both ways", (_, code, token) => {
    expect(reasonToken(code)).toBe(token);
    expect(parseReasonToken(token)).toBe(code);
    expect(parseExitCode(code)).toEqual({ kind: "reason", reason: code });
  });

  it("exits with the reason's own number", () => {
    const halts: HaltReason[] = [70, 71, 72];
    expect(halts.map(exitCode)).toEqual([70, 71, 72]);
  });

  it("reserves 73-79 for upgrades and 80-89 for operators", () => {
    expect(ReservedRange).toEqual({
      upgrade: { first: 73, last: 79 },
      operator: { first: 80, last: 89 },
    });
  });
});

describe("parseExitCode", () => {
  it("has the right answer for every exit code there is", () => {
    for (let code = 0; code <= 255; code++) {
      const expected =
        code === 0 || (code >= 70 && code <= 72)
          ? { kind: "reason", reason: code }
          : code >= 73 && code <= 79
            ? { kind: "reserved", range: "upgrade" }
            : code >= 80 && code <= 89
              ? { kind: "reserved", range: "operator" }
              : { kind: "outside" };
      expect(parseExitCode(code), String(code)).toEqual(expected);
    }
  });

  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  it.each([
    ["NaN", Number.NaN],
    ["70.5", 70.5],
    ["73.5", 73.5],
    ["the text 70", "70"],
    ["2^53", 2 ** 53],
    ["-70", -70],
    ["infinity", Number.POSITIVE_INFINITY],
    ["a bigint", 70n],
    ["null", null],
    ["undefined", undefined],
    ["true", true],
    ["a symbol", Symbol("70")],
    ["an array", [70]],
    ["a Number object", Object(70)],
    [
      "an object whose getters throw",
      {
        get valueOf() {
          throw new Error("asked for a value");
        },
      },
    ],
    ["a revoked proxy", revoked.proxy],
  ])("puts %s outside", (_, code) => {
    expect(parseExitCode(code)).toEqual({ kind: "outside" });
  });

  it("takes -0 for 0", () => {
    expect(parseExitCode(-0)).toEqual({ kind: "reason", reason: 0 });
  });
});

it("what a code means cannot be changed from outside", () => {
  expect(Object.isFrozen(parseExitCode(70))).toBe(true);
  expect(Object.isFrozen(parseExitCode(75))).toBe(true);
  expect(Object.isFrozen(parseExitCode("70"))).toBe(true);
});

describe("parseReasonToken", () => {
  it.each(["", "UPGRADE_REQUIRED", "upgrade_required ", "constructor", "70", 70, null, undefined, {}])(
    "has no reason for %j",
    (token) => {
      expect(parseReasonToken(token)).toBeUndefined();
    },
  );
});
