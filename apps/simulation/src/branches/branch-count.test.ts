import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { countBranches } from "./branch-count.ts";
import type { Branch } from "./branches.ts";
import { EXCEPTIONS } from "./coverage-exceptions.ts";

const branch = (text: string, isTaken: boolean): Branch => ({ file: "decide/a.ts", line: 1, text, isTaken });

const except = (...branches: readonly (readonly [string, string])[]) => [{ why: "A reason.", branches }];

it("counts what was taken, and names what was not", () => {
  const [taken, never] = [branch("if: if (x)", true), branch("not if: if (x)", false)];
  expect(countBranches([taken, never], [])).toEqual({ taken: 1, excepted: [], open: [never], stale: [] });
});

it("excepts what is named by its file and the begin of its text", () => {
  const never = branch("if: if (x) return;", false);
  expect(countBranches([never], except(["decide/a.ts", "if: if (x)"]))).toEqual({
    taken: 0,
    excepted: [never],
    open: [],
    stale: [],
  });
});

it.each([
  ["of another file", ["decide/b.ts", "if: if (x)"]],
  ["of a text that is not there", ["decide/a.ts", "if: if (y)"]],
  ["that was taken", ["decide/a.ts", "cond-expr: 1"]],
] as const)("takes an exception %s for stale", (_, name) => {
  const branches = [branch("if: if (x)", false), branch("cond-expr: 1 of x ? 1 : 2", true)];
  expect(countBranches(branches, except(name))).toMatchObject({ open: [branches[0]], stale: [name] });
});

it.each(EXCEPTIONS.flatMap(({ tests = [] }) => tests))("%s is a unit test of the controller", (test) => {
  const path = new URL(`../../../mini-controller/src/${test}`, import.meta.url);
  expect(existsSync(path)).toBe(true);
});

it("names no branch twice", () => {
  const names = EXCEPTIONS.flatMap(({ branches }) => branches.map(([file, text]) => `${file}  ${text}`));
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
