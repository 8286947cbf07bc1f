import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { trimAnnouncedAt } from "./announced-at.ts";
import { parseExitCode, parseReasonToken, reasonToken, ShutdownReason } from "./codes.ts";
import { decodeHaltIntent } from "./decode-halt-intent.ts";
import { encodeHaltIntent } from "./encode-halt-intent.ts";
import type { HaltIntent, HaltIntentReading } from "./halt-intent.ts";
import { parseHaltIntent } from "./parse-halt-intent.ts";
import { haltIntentOfStatus } from "./status-body.ts";
import {
  bodyOf,
  codeVectors,
  type DecodeVector,
  decodeVectors,
  type EncodeVector,
  encodeVectors,
  type IntentInput,
  statusVectors,
  textOf,
} from "./vectors.ts";

/** A reading in the shape of the vectors. */
function summary(reading: HaltIntentReading) {
  const fields = "defects" in reading ? reading.defects.map(({ field }) => field) : [];
  const defects = [...new Set(fields)].sort();
  return {
    kind: reading.kind,
    ...(reading.kind === "intent" && { intent: reading.intent }),
    ...(reading.kind === "intent" && reading.unrecognised && { unrecognised: reading.unrecognised }),
    ...(defects.length > 0 && { defects }),
  };
}

function intentOf({ plan_name_utf16, info_utf16, ...rest }: IntentInput): HaltIntent {
  return { ...rest, plan_name: textOf(plan_name_utf16), info: textOf(info_utf16) };
}

describe("codes.json", () => {
  it("has every reason with its token, in order", () => {
    const reasons = Object.values(ShutdownReason);
    expect(codeVectors.reasons).toEqual(reasons.map((code) => ({ code, token: reasonToken(code) })));
    for (const { code, token } of codeVectors.reasons) expect(parseReasonToken(token)).toBe(code);
  });

  it("has what parseExitCode says of each number, every exit code among them", () => {
    for (const { code, meaning } of codeVectors.cases)
      expect(parseExitCode(code), String(code)).toEqual(meaning);
    const codes = new Set(codeVectors.cases.map(({ code }) => code));
    for (let code = 0; code <= 255; code++) expect(codes).toContain(code);
  });
});

describe("encode.json", () => {
  it.each(encodeVectors.cases)("$name", ({ input, output, error, refused }) => {
    const write = () => encodeHaltIntent(intentOf(input));
    if (refused !== undefined) expect(write).toThrow(expect.objectContaining({ code: refused }));
    else if (error !== undefined) expect(write).toThrow(expect.objectContaining({ name: "ContractError" }));
    else expect(write()).toBe(output);
  });
});

describe("decode.json", () => {
  it.each(decodeVectors.cases)("$name", (vector) => {
    const { defects, ...rest } = vector.reading;
    const expected = { ...rest, ...(defects && { defects: [...defects].sort() }) };
    expect(summary(parseHaltIntent(bodyOf(vector)))).toEqual(expected);
    if (vector.text !== undefined) expect(summary(parseHaltIntent(vector.text))).toEqual(expected);
  });

  it("names a rule wherever the reader and Go do not read the same", () => {
    for (const { name, rule, go_error, go_reads, reading } of decodeVectors.cases) {
      const intent = {
        reason_string: "",
        plan_name: "",
        height: 0,
        info: "",
        announced_at: "0001-01-01T00:00:00Z",
      };
      const read = reading.intent && { ...intent, ...reading.intent };
      const agrees =
        go_error === undefined
          ? reading.defects === undefined &&
            JSON.stringify(read && entries({ ...read })) === JSON.stringify(entries(inUtc(go_reads)))
          : reading.kind === "damaged";
      if (!agrees) expect(rule, name).toBeDefined();
    }
  });

  it("reads parsed bodies as it reads their bytes, but for what only bytes can show", () => {
    for (const vector of decodeVectors.cases) {
      if (vector.text === undefined) continue;
      let parsed: unknown;
      try {
        parsed = JSON.parse(vector.text);
      } catch {
        continue;
      }
      expect(decodeHaltIntent(parsed), vector.name).toEqual(parseHaltIntent(vector.text));
    }
  });
});

/** What Go reads keeps its offset; the instant is what both have to agree on. */
function inUtc(fields: Readonly<Record<string, unknown>> = {}) {
  const at = String(fields.announced_at);
  const ms = Date.parse(at);
  if (!/[+-]\d\d:\d\d$/.test(at) || Number.isNaN(ms)) return fields;
  return { ...fields, announced_at: trimAnnouncedAt(new Date(ms).toISOString()) };
}

function entries(fields: Readonly<Record<string, unknown>> = {}) {
  return Object.entries(fields)
    .map(([name, value]) => [name, String(value)])
    .sort();
}

describe("what another Go program printed about a struct of its own", () => {
  const file = new URL("../go/testdata/vectors/another-program.json", import.meta.url);
  const printed = JSON.parse(readFileSync(file, "utf8")) as {
    readonly encode: readonly EncodeVector[];
    readonly decode: readonly Pick<DecodeVector, "name" | "text" | "go_reads" | "go_error">[];
  };

  it.each(printed.encode)("is written so: $name", ({ input, output }) => {
    const write = () => encodeHaltIntent(intentOf(input));
    if (output === undefined) expect(write).toThrow(expect.objectContaining({ name: "ContractError" }));
    else expect(write()).toBe(output);
  });

  it.each(printed.decode)("is read as decode.json pins it: $name", ({ text, go_reads, go_error }) => {
    const pinned = decodeVectors.cases.find((vector) => vector.text === text);
    expect(pinned?.go_reads).toEqual(go_reads);
    expect(pinned?.go_error !== undefined).toBe(go_error !== undefined);
  });
});

describe("status.json", () => {
  it.each(statusVectors.cases)("$name", ({ body, reading }) => {
    expect(haltIntentOfStatus(body).kind).toBe(reading);
  });
});
