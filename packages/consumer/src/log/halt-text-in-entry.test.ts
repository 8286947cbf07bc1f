import { expect, test } from "vitest";
import { sayingOf } from "./halt-text-in-entry.ts";

const NEEDED = 'UPGRADE "v6.7" NEEDED at height: 30: ';

test.each([
  ["panic: x [recovered]", { isRecovered: true, ending: "panic" }],
  ["panic: x [recovered, repanicked]  ", { isRecovered: true, ending: "panic" }],
  ["\tpanic: x [recovered] ", { isRecovered: true, ending: "again" }],
  ["panic: x [recovered [recovered]", { isRecovered: true, ending: "panic" }],
  ["panic: x [recovered] y", { isRecovered: false, ending: "panic" }],
  ["panic: x [recovered]]", { isRecovered: false, ending: "panic" }],
  ["panic: x [recover]", { isRecovered: false, ending: "panic" }],
  ["[recovered]", { isRecovered: true }],
  ["]", { isRecovered: false }],
])("%j is read as what a Go runtime says of a panic", (line, said) => {
  expect(sayingOf(line)).toMatchObject(said);
});

test("what a recovered panic said is read without that word", () => {
  expect(sayingOf(`panic: ${NEEDED}[recovered]`).text).toMatchObject({ plan: "v6.7", height: 30 });
});
