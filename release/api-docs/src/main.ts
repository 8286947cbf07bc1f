/**
 * `node release/api-docs/src/main.ts [--record]`: whether docs/api/reference is what the docstrings of the built packages say;
 * with `--record` it is written. Fails where an export has no docstring.
 */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { makeReference, REFERENCE } from "./reference.ts";

const ROOT = dirname(dirname(dirname(import.meta.dirname)));
const FOLDER = join(ROOT, REFERENCE);
const { values } = parseArgs({ options: { record: { type: "boolean", default: false } } });

const { pages, undocumented } = await makeReference(ROOT);
const committed = new Map(
  globSync("*.md", { cwd: FOLDER }).map((file) => [file, readFileSync(join(FOLDER, file), "utf8")]),
);
const stale = [...new Set([...pages.keys(), ...committed.keys()])].filter(
  (file) => pages.get(file) !== committed.get(file),
);

if (values.record) {
  mkdirSync(FOLDER, { recursive: true });
  for (const file of stale) {
    const text = pages.get(file);
    if (text === undefined) rmSync(join(FOLDER, file));
    else writeFileSync(join(FOLDER, file), text);
  }
}
if (undocumented.length > 0) fail(`give these a docstring:\n  ${undocumented.join("\n  ")}`);
if (stale.length > 0 && !values.record)
  fail(
    `${REFERENCE} (${stale.join(", ")}) differs from the docstrings of the packages: run \`pnpm run api:record\`.`,
  );

function fail(problem: string): void {
  process.stderr.write(`reference: ${problem}\n`);
  process.exitCode = 1;
}
