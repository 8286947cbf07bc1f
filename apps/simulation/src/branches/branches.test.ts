import { expect, it } from "vitest";
import { type Branch, takenByAny } from "./branches.ts";

const branch = (line: number, isTaken: boolean): Branch => ({ file: "a.ts", line, text: "if: x", isTaken });

it("takes a branch for taken that one of several processes took", () => {
  const counted = [
    [branch(1, true), branch(2, false), branch(3, false)],
    [branch(1, false), branch(2, true), branch(3, false)],
  ];
  expect(takenByAny(counted).map(({ isTaken }) => isTaken)).toEqual([true, true, false]);
});

it("tells the branches of two files apart, whichever of them a process counted in", () => {
  const [a, b] = [branch(1, false), { ...branch(1, true), file: "b.ts" }];
  expect(takenByAny([[a], [b], [b, a]]).map(({ file, isTaken }) => [file, isTaken])).toEqual([
    ["a.ts", false],
    ["b.ts", true],
  ]);
});

it("knows of no branches where nothing was counted", () => {
  expect(takenByAny([])).toEqual([]);
});
