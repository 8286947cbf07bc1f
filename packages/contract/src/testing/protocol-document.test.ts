import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ReservedRange, reasonToken, ShutdownReason } from "../codes.ts";
import { ContractError } from "../contract-error.ts";
import { encodeHaltIntent } from "../encode-halt-intent.ts";
import type { HaltIntent } from "../halt-intent.ts";
import { PARSE_LIMITS } from "../json-limits.ts";
import { parseHaltIntent } from "../parse-halt-intent.ts";
import { haltIntentOfStatus } from "../status-body.ts";
import { decodeVectors } from "../vectors.ts";
import { HALT_INTENT_FIELDS } from "../wire-fields.ts";

const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");
const DOCUMENT = read("docs/protocol.md");

/** The rows of the table whose header starts with these columns. */
function table(...header: string[]): string[][] {
  const lines = DOCUMENT.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${header.join(" | ")} |`));
  expect(start, `a table with ${header}`).toBeGreaterThan(0);
  const end = lines.findIndex((line, i) => i > start && !line.startsWith("|"));
  return lines.slice(start + 2, end).map((line) => line.slice(2, -2).split(" | "));
}

const unquoted = (cell = "") => cell.replace(/^`|`$/g, "");

/** The fenced blocks with this information string. */
function blocks(info: string): string[] {
  return [...DOCUMENT.matchAll(/^```(.+)\n([\s\S]*?)\n```$/gm)]
    .filter(([, i]) => i === info)
    .map(([, , text]) => text ?? "");
}

describe("the tables of the protocol", () => {
  it("has the codes, constants and tokens of the code", () => {
    const rows = table("code", "constant", "token").map(([code, constant, token]) => [
      Number(code),
      unquoted(constant),
      unquoted(token),
    ]);
    expect(rows).toEqual(
      Object.entries(ShutdownReason).map(([constant, code]) => [code, constant, reasonToken(code)]),
    );
  });

  it("has the reserved ranges of the code", () => {
    const rows = table("reserved", "range").map(([range, name]) => [range, unquoted(name)]);
    expect(rows).toEqual(
      Object.entries(ReservedRange).map(([name, { first, last }]) => [`${first}-${last}`, name]),
    );
  });

  it("has the fields, their types and their omission", () => {
    const rows = table("field", "Go", "left out").map(([name, type, omitted]) => ({
      name: unquoted(name),
      type: unquoted(type),
      omitted,
    }));
    expect(rows).toEqual(HALT_INTENT_FIELDS);
  });

  it("has the limits of a body", () => {
    expect(
      table("limit", "value").map(([limit = "", value = ""]) => [
        limit.split(" ")[0],
        Number.parseInt(value, 10),
      ]),
    ).toEqual(Object.entries(PARSE_LIMITS));
  });

  it("has a rule for every difference that the vectors pin, and a vector for every rule", () => {
    const rules = table("rule", "Go").map(([rule]) => unquoted(rule));
    const pinned = new Set(decodeVectors.cases.flatMap(({ rule }) => rule ?? []));
    expect([...rules].sort()).toEqual([...pinned].sort());
  });
});

describe("what the protocol says of writing", () => {
  const intent: HaltIntent = {
    reason: 70,
    reason_string: "upgrade_required",
    announced_at: "2026-08-21T17:59:41Z",
  };
  const written = (info: string) =>
    /"info":"(.*)","announced_at"/.exec(encodeHaltIntent({ ...intent, info }))?.[1];
  const characters = table("character", "written").flatMap(([named = "", forms = ""]) => {
    const wanted = forms.split(" ").map(unquoted);
    return named.split(" ").map((name, i): [string, string | undefined] => [name, wanted[i] ?? wanted[0]]);
  });

  it.each(characters)("writes %s as %s", (name, form) => {
    const code = /^U\+(.{4})$/.exec(name)?.[1];
    const character = code === undefined ? unquoted(name) : String.fromCharCode(Number.parseInt(code, 16));
    expect(written(character)).toBe(form === "raw" ? character : form);
  });

  it.each(table("code", "field", "refused").map(([code, field]) => [unquoted(code), unquoted(field)]))(
    "refuses with %s",
    (code, field) => {
      const write = () => encodeHaltIntent({ ...intent, [field ?? ""]: 0.5 });
      expect(write).toThrow(ContractError);
      expect(write).toThrow(expect.objectContaining({ code, field }));
    },
  );
});

describe("the examples of the protocol", () => {
  it.each(blocks("json intent"))("%s", (text) => {
    const reading = parseHaltIntent(text);
    expect(reading).toMatchObject({ kind: "intent", defects: [] });
    expect(encodeHaltIntent(JSON.parse(text))).toBe(text);
  });

  it.each(["absent", "intent", "unavailable", "damaged"])("reads each status that is %s as such", (kind) => {
    const bodies = blocks(`json status ${kind}`);
    expect(bodies.length).toBeGreaterThan(0);
    for (const body of bodies) expect(haltIntentOfStatus(JSON.parse(body)), body).toMatchObject({ kind });
  });

  it.each(table("body", "reading"))("reads %s as %s", (body, expected = "") => {
    const [, kind, intent, range, fields = ""] =
      /^(\w+)(?: `(.*?)`)?(?:, unrecognised `(\w+)`)?(?:, defects (.*))?$/.exec(expected) ?? [];
    const reading = parseHaltIntent(unquoted(body));
    expect(reading.kind).toBe(kind);
    if (reading.kind !== "intent") return;
    expect(reading.intent).toEqual(JSON.parse(intent ?? ""));
    expect(reading.unrecognised).toBe(range);
    expect(reading.defects.map(({ field }) => field)).toEqual(
      fields.split(" ").filter(Boolean).map(unquoted),
    );
  });

  it("are those that Go runs", () => {
    const example = read("packages/contract/go/example_test.go").replaceAll("\n\t", "\n");
    expect(blocks("go")).toHaveLength(1);
    for (const block of blocks("go")) expect(example).toContain(block);
  });
});
