import { expect, test } from "vitest";
import { findPlanLines } from "./find-plan-lines.ts";

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

test("halt lines with infos that end within a text of escaped quotes are read", () => {
  const line = `${NEEDED}{${'"\\'.repeat(30_000)}\n`;
  expect(findPlanLines(line.repeat(20), { isUnwrapped: true })).toHaveLength(1);
});

test.each(["5:59PM ERR", "[ERR]"])(
  "halt lines of %s that each begin an info without an end are read",
  (head) => {
    const line = `${head} ${NEEDED}{\n`;
    expect(findPlanLines(line.repeat(60_000), { isUnwrapped: true })).toHaveLength(1);
  },
);
