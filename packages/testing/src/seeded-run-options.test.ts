import { expect, it } from "vitest";
import { type SeededRunUsage, seededRunOf } from "./seeded-run-options.ts";

const USAGE: SeededRunUsage = {
  command: "fuzz:contract",
  does: "reads random bodies",
  size: "runs",
  defaultSize: 1_000_000,
  switches: { coverage: "counts branches" },
};
const read = (...args: string[]) => seededRunOf(args, USAGE, () => 7);

it("takes its size by default, and any seed", () => {
  expect(read()).toEqual({ kind: "run", seed: 7, size: 1_000_000, switches: new Set() });
});

it("takes what it is told", () => {
  const told = { kind: "run", seed: 3, size: 10, switches: new Set(["coverage"]) };
  expect(read("--seed", "3", "--runs=10", "--coverage")).toEqual(told);
});

it("explains itself", () => {
  expect(read("--help")).toMatchObject({ exitCode: 0, text: expect.stringContaining("--runs N") });
});

it.each([
  [["--seed", "x"], '--seed is "x": give a whole number of at least 0'],
  [["--seed="], '--seed is "": give a whole number of at least 0'],
  [["--runs", "0"], '--runs is "0": give a whole number of at least 1'],
  [["--runs", "1e3"], '--runs is "1e3"'],
  [["--runs", "99999999999999999999"], '--runs is "99999999999999999999"'],
  [["--count", "5"], "--count"],
  [["extra"], "extra"],
])("refuses %j with one sentence", (args, words) => {
  const refusal = read(...args);
  expect(refusal).toMatchObject({ exitCode: 64, text: expect.stringContaining(words) });
  expect(refusal).toMatchObject({ text: expect.not.stringContaining("\n") });
});
