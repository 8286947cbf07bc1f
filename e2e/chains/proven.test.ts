import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { provenCells } from "./proven.ts";

test("each cell of the page's table is asserted by a test that plays it, and no other", () => {
  const cwd = join(import.meta.dirname, "..");
  const sources = globSync("{chains,kubelet}/*.ts", { cwd }).map((file) =>
    readFileSync(join(cwd, file), "utf8"),
  );
  const asserted = sources.flatMap((source) =>
    [...source.matchAll(/expectProven\(\s*"([^"]+)"/g)].map(([, cell]) => cell),
  );
  expect([...new Set(asserted)].sort()).toEqual([...provenCells().keys()].sort());
});
