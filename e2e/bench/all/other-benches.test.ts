import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { figuresIn, OTHER_BENCHES } from "./other-benches.ts";

test("every benchmark of the repository is among them", () => {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "../../../package.json"), "utf8"));
  const scripts = Object.keys(manifest.scripts).filter((name) => name.startsWith("bench:"));
  const named = [...Object.keys(OTHER_BENCHES), "all"].map((name) => `bench:${name}`);
  expect(named.toSorted()).toEqual(scripts.toSorted());
});

test("a benchmark's JSON is taken over, and else its lines", () => {
  expect(figuresIn('{"rounds":3}\n')).toEqual({ rounds: 3 });
  expect(figuresIn("encode: 2 us\nmet\n")).toEqual(["encode: 2 us", "met"]);
});
