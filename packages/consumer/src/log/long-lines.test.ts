import { expect, test } from "vitest";
import { findPlanLines } from "./plan-line.ts";

const NEEDED = 'UPGRADE "v6.7" NEEDED at height: 30: ';
const MEBIBYTE = 1_048_576;
const filled = (text: string) => text.repeat(MEBIBYTE / text.length);

/** Where the time grows with the square of a line, each of these takes minutes. */
test.each([
  ["spaces", `${filled(" ")}x`],
  ["a panic and spaces", `panic: out of luck${filled(" ")}x`],
  ["begun words of a recovered panic", filled("[recovered")],
  ["a program that a signal ended, and spaces", `Error: signal: killed${filled(" ")}X`],
])("a MiB of %s does not keep a halt line from being found", (_, line) => {
  const found = findPlanLines(`${NEEDED}\n${line}\n`, { isUnwrapped: true });
  expect(found).toMatchObject([{ plan: "v6.7", height: 30 }]);
});
