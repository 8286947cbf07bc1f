import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Citation {
  readonly file: string;
  readonly id: string;
}

const CALL = /^\s*(?:scenario|proof)\(\s*(?:"[^"]*"|`[^`]*`),\s*\[([^\]]*)\]/gm;

/** The requirement ids that one source text cites in its `scenario` and `proof` calls, skipped ones left out. */
export function citationsOf(source: string): string[] {
  return [...source.matchAll(CALL)].flatMap(([, ids]) =>
    [...(ids ?? "").matchAll(/"([^"]+)"/g)].map(([, id]) => id ?? ""),
  );
}

/** What the test files under `folder` cite. */
export function citationsUnder(folder: string): Citation[] {
  const files = globSync("**/*.test.ts", { cwd: folder, exclude: ["**/node_modules/**"] });
  return files.flatMap((file) =>
    citationsOf(readFileSync(join(folder, file), "utf8")).map((id) => ({ file, id })),
  );
}
