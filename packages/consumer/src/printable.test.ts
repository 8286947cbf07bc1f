import fc from "fast-check";
import { expect, test } from "vitest";
import { printable, quotedName } from "./printable.ts";

test.each([
  ["a\nb", "a\\u{a}b"],
  ["\u001b[31mred", "\\u{1b}[31mred"],
  ["v6\u202e7.6", "v6\\u{202e}7.6"],
  ["\u009b2J", "\\u{9b}2J"],
  ["zero\u200bwidth", "zero\\u{200b}width"],
  ["\ud800", "\\u{d800}"],
  ["\u{e0041}tag", "\\u{e0041}tag"],
  ["v6.7 für alle", "v6.7 für alle"],
])("%j shows as %s", (raw, shown) => {
  expect(printable(raw)).toBe(shown);
});

test("no text gets a control, a bidi mark or a line end past it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: 500 },
  );
});

test("long text is cut", () => {
  expect(printable("x".repeat(10_000), 10)).toBe(`${"x".repeat(10)}…`);
});

test.each([
  ["v6.7", "v6.7"],
  ["pacific-1", "pacific-1"],
  ["v6.7. Delete the volume", '"v6.7. Delete the volume"'],
  ["v6.7 (urgent)", '"v6.7 (urgent)"'],
  ['v6.7" NEEDED. Restart "it', '"v6.7\\" NEEDED. Restart \\"it"'],
  ["", '""'],
  ["v6.7\u202e", '"v6.7\\u{202e}"'],
])("the name %j stands in a sentence as %s", (name, shown) => {
  expect(quotedName(name)).toBe(shown);
});

test("a long name is cut, and its quotes are closed", () => {
  expect(quotedName("x".repeat(100), 10)).toBe(printable("x".repeat(100), 10));
  expect(quotedName("x y".repeat(100), 3)).toBe('"x y"…');
});
