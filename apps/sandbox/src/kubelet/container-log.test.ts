import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lastLogLines } from "./container-log.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sandbox-log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function logged(text: string): string {
  const file = join(folder, "c.log");
  writeFileSync(file, text);
  return lastLogLines(file);
}

it("takes a short log whole", () => {
  expect(logged("a\nb\n")).toBe("a\nb\n");
  expect(logged("")).toBe("");
});

it("takes the last 2048 bytes", () => {
  expect(logged(`${"x".repeat(5_000)}end`)).toBe(`${"x".repeat(2_045)}end`);
});

it("takes the last 80 lines", () => {
  const lines = Array.from({ length: 200 }, (_, index) => `${index}\n`);
  expect(logged(lines.join(""))).toBe(lines.slice(-80).join(""));
});
