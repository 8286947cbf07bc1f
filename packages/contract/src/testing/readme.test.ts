import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as contract from "../index.ts";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** The lines `expression; // value` of the README. */
const examples = [...README.matchAll(/^(.+); \/\/ (.+)$/gm)].map(([, expression, value]) => ({
  expression,
  value,
}));

it("has examples", () => {
  expect(examples).not.toEqual([]);
});

it.each(examples)("says truly that $expression is $value", ({ expression, value }) => {
  const evaluate = new Function(...Object.keys(contract), `return [${expression}, ${value}];`);
  const [result, promised] = evaluate(...Object.values(contract)) as [unknown, unknown];
  expect(result).toEqual(promised);
});
