/** Writes what is generated from the sources: the man page, and the decision table in the documentation. */
import { readFileSync, writeFileSync } from "node:fs";
import { GENERATED } from "../src/testing/generated.ts";

for (const { path, render } of GENERATED) {
  const before = readFileSync(path, { encoding: "utf8", flag: "a+" });
  const after = await render(before);
  if (after !== before) writeFileSync(path, after);
  process.stdout.write(`${after === before ? "kept" : "wrote"} ${path}\n`);
}
