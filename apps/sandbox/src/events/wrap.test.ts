import { expect, it } from "vitest";
import { wrap } from "./wrap.ts";

it.each<[string, number, string[]]>([
  ["", 5, []],
  ["one two", 7, ["one two"]],
  ["one two", 6, ["one", "two"]],
  ["abcdefgh i", 3, ["abc", "def", "gh", "i"]],
  ["  spaced \t out ", 20, ["spaced out"]],
])("%j in %i columns", (text, width, lines) => {
  expect(wrap(text, width)).toEqual(lines);
});
