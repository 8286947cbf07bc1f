/**
 * Writes the commit that a package was built from to its `dist/commit.json`, which `--version` reads:
 * `node scripts/bake-commit.ts [FOLDER] [COMMIT]`, FOLDER being the package's (else the working directory). With `--remove` it
 * takes the file away. Without a COMMIT it asks git, and adds `-dirty` where files differ from it; where git does not know, no
 * file is written and the commit stays unknown.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  options: { remove: { type: "boolean" } },
  allowPositionals: true,
});
const [folder = process.cwd(), given] = positionals;
const file = join(folder, "dist", "commit.json");
const commit = values.remove ? undefined : (given ?? commitOf(folder));

rmSync(file, { force: true });
if (commit !== undefined) {
  mkdirSync(join(folder, "dist"), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ commit })}\n`);
}

function commitOf(cwd: string): string | undefined {
  const git = (...args: readonly string[]) =>
    execFileSync("git", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const head = git("rev-parse", "HEAD");
    return git("status", "--porcelain") === "" ? head : `${head}-dirty`;
  } catch {
    return undefined;
  }
}
