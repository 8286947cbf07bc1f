import { expect, test } from "vitest";
import { beginningIn, columnsOf, endIn } from "./columns.ts";

test.each([
  ["v6.7", 4],
  ["升级", 4],
  ["👍🏽", 4],
  ["a…", 2],
])("%s takes %i columns at most", (text, columns) => {
  expect(columnsOf(text)).toBe(columns);
});

test.each([
  ["v6.7", 4, "v6.7", "v6.7"],
  ["v6.7", 3, "v6…", "….7"],
  ["升级升级", 6, "升级…", "…升级"],
  ["升级升级", 4, "升…", "…级"],
  ["👍👎", 3, "👍…", "…👎"],
  ["v6.7", 1, "…", "…"],
])("%s in %i columns", (text, columns, beginning, end) => {
  expect([beginningIn(text, columns), endIn(text, columns)]).toEqual([beginning, end]);
});
