import { expect, test } from "vitest";
import { cut } from "./cut.ts";

test.each([
  ["abc", 2, "ab"],
  ["a😀", 2, "a"],
  ["a😀", 3, "a😀"],
  ["a\ud83d", 9, "a"],
  ["\ude00a\ud83db", 9, "\ufffda\ufffdb"],
])("%j cut to %i units is %j", (text, max, expected) => {
  expect(cut(text, max)).toBe(expected);
});
