import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { baselineOf, recordBaseline } from "./baseline.ts";

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "baseline-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "baseline.json");
}

test("what is recorded for one machine is read for it, and for no other", () => {
  const file = newFile();
  recordBaseline(file, { encode: 1_000 }, "x64 v24.0.0");
  expect(baselineOf(file, "x64 v24.0.0")).toEqual({ encode: 1_000 });
  expect(baselineOf(file, "arm64 v24.0.0")).toBeUndefined();
});

test("recording takes the place of that machine's and keeps the others, in order", () => {
  const file = newFile();
  recordBaseline(file, { encode: 1 }, "x64 v24.0.0");
  recordBaseline(file, { encode: 2 }, "arm64 v24.0.0");
  recordBaseline(file, { encode: 3 }, "x64 v24.0.0");
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
    "arm64 v24.0.0": { encode: 2 },
    "x64 v24.0.0": { encode: 3 },
  });
});
