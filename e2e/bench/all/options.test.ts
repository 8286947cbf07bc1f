import { expect, test } from "vitest";
import { UsageError } from "../command-line.ts";
import { BASELINE_FILE } from "../instructions/baseline.ts";
import { parseOptions } from "./options.ts";

test("without options everything is run, and compared with the repository's baseline", () => {
  const options = parseOptions([], "/somewhere");
  expect(options).toMatchObject({ baseline: BASELINE_FILE, record: false, rounds: 3, json: false });
  expect([...(options === "help" ? [] : options.parts)]).toEqual(
    expect.arrayContaining(["instructions", "contract", "controller"]),
  );
});

test("a baseline is looked for where the command was started", () => {
  expect(parseOptions(["--baseline", "mine.json"], "/somewhere")).toMatchObject({
    baseline: "/somewhere/mine.json",
  });
});

test.each([
  [["--only", "lunch"], /^--only lunch: lunch is none of instructions,/],
  [
    ["--only", "contract", "--record"],
    /^--record writes down instructions, which --only contract leaves out$/,
  ],
  [["--rounds", "0"], /^--rounds 0 is no whole number from 1 to 100$/],
])("%j is refused with one sentence", (args, message) => {
  const refused = () => parseOptions(args, "/");
  expect(refused).toThrow(UsageError);
  expect(refused).toThrow(message);
});
