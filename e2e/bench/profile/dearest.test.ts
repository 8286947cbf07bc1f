import { expect, test } from "vitest";
import { dearest } from "./dearest.ts";

const read = (self: number) => ({ name: "read", place: "a.ts:3", self, total: self, calls: [] });
const tree = {
  ...{ name: "(root)", place: "", self: 0, total: 1_000 },
  calls: [
    { name: "main", place: "a.ts:1", self: 400, total: 700, calls: [read(300)] },
    { name: "other", place: "a.ts:2", self: 50, total: 300, calls: [read(250)] },
  ],
};

test("the dearest function is that with the most time in itself, from wherever it is called", () => {
  expect(dearest(tree, 2)).toEqual([
    { name: "read", place: "a.ts:3", self: 550, share: 0.55 },
    { name: "main", place: "a.ts:1", self: 400, share: 0.4 },
  ]);
});
