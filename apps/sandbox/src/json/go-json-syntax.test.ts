import { expect, it } from "vitest";
import { duplicateKeys, goSyntaxError } from "./go-json-syntax.ts";

/** Printed by Go 1.26's encoding/json. */
const OF_GO: readonly (readonly [text: string, error: string | undefined])[] = [
  ["", "unexpected end of JSON input"],
  ["{", "unexpected end of JSON input"],
  ["{ not json", "invalid character 'n' looking for beginning of object key string"],
  ["[", "unexpected end of JSON input"],
  ["[1 2]", "invalid character '2' after array element"],
  ["[1,]", "invalid character ']' looking for beginning of value"],
  ['{"a"}', "invalid character '}' after object key"],
  ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ["nul", "invalid character ' ' in literal null (expecting 'l')"],
  ["nulx", "invalid character 'x' in literal null (expecting 'l')"],
  ["tru", "invalid character ' ' in literal true (expecting 'e')"],
  ["truX", "invalid character 'X' in literal true (expecting 'e')"],
  ["-", "invalid character ' ' in numeric literal"],
  ["-x", "invalid character 'x' in numeric literal"],
  ["1.", "invalid character ' ' after decimal point in numeric literal"],
  ["1.x", "invalid character 'x' after decimal point in numeric literal"],
  ["1e", "invalid character ' ' in exponent of numeric literal"],
  ["1ex", "invalid character 'x' in exponent of numeric literal"],
  ["01", "invalid character '1' after top-level value"],
  ['"a', "unexpected end of JSON input"],
  ['"\\x"', "invalid character 'x' in string escape code"],
  ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
  ['"a\nb"', "invalid character '\\n' in string literal"],
  ["{} {}", "invalid character '{' after top-level value"],
  ["x", "invalid character 'x' looking for beginning of value"],
  ["'a'", "invalid character '\\'' looking for beginning of value"],
  ["\u009e", "invalid character '\u00c2' looking for beginning of value"],
  ["[}", "invalid character '}' looking for beginning of value"],
  ["{]", "invalid character ']' looking for beginning of object key string"],
  ['{"a":}', "invalid character '}' looking for beginning of value"],
  ["1 ", undefined],
  ["  [ { } , [ ] ] ", undefined],
  ['{"a":{"b":[1,{}]}}', undefined],
  ['"\\"', "unexpected end of JSON input"],
  ["[1e+5,-0.1]", undefined],
  ['{"a":1]', "invalid character ']' after object key:value pair"],
  ["\u0000", "invalid character '\\x00' looking for beginning of value"],
  ["\u00e9", "invalid character '\u00c3' looking for beginning of value"],
  ['["a"x]', "invalid character 'x' after array element"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ["+1", "invalid character '+' looking for beginning of value"],
  [".5", "invalid character '.' looking for beginning of value"],
];

it.each(OF_GO)("says of %j what Go says", (text, error) => {
  expect(goSyntaxError(text)).toBe(error);
});

it("speaks of bytes, as Go does", () => {
  expect(goSyntaxError(Uint8Array.of(0x9e))).toBe(
    "invalid character '\\u009e' looking for beginning of value",
  );
});

it.each<[string, string[]]>([
  ["{}", []],
  ['{"a":1,"b":{"a":1}}', []],
  ['{"a":1,"a":2}', ["a"]],
  ['{"m":{"n":1,"\\u006e":2}}', ["m.n"]],
  ['{"l":[{"a":1},{"a":1,"a":2,"a":3}]}', ["l[1].a", "l[1].a"]],
])("finds the keys that %s has twice", (text, paths) => {
  expect(duplicateKeys(text)).toEqual(paths);
});
