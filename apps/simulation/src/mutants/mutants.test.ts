import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { MUTANTS } from "./mutants.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const EDITS = MUTANTS.flatMap(({ name, edits }) => edits.map((edit) => ({ name, ...edit })));

function builtFile(file: string): string {
  const folder = file.startsWith("mini-controller/") ? "apps" : "packages";
  return readFileSync(join(ROOT, folder, file), "utf8");
}

it.each(EDITS)("$name: $file has its text exactly once", ({ file, find }) => {
  expect(builtFile(file).split(find)).toHaveLength(2);
});
