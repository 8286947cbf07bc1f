import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { otherChartVersions } from "./chart-version.ts";
import { git, gitLines } from "./git.ts";
import { CONTRACT, requireMigration } from "./migration.ts";
import { publishedPackages } from "./packages.ts";
import { ReleaseError } from "./release-error.ts";
import { run } from "./run.ts";

/** The dist-tag that a release gets: `latest`, or the channel that `changeset pre enter` named. */
export function readChannel(root: string): string {
  const file = join(root, ".changeset", "pre.json");
  if (!existsSync(file)) return "latest";
  const { mode, tag } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly mode: string;
    readonly tag: string;
  };
  return mode === "pre" ? tag : "latest";
}

/** Throws a `ReleaseError` for whatever can be seen to be wrong before the packages are built. */
export function requireReleasable(root: string): void {
  const [dirty, ...more] = gitLines(root, "status", "--porcelain");
  if (dirty !== undefined) {
    const others = more.length > 0 ? ` and ${more.length} more` : "";
    throw new ReleaseError(
      `The tree differs from its commit (${dirty.trim()}${others}): commit that or take it back first.`,
    );
  }
  const waiting = globSync("*.md", { cwd: join(root, ".changeset") }).filter((file) => file !== "README.md");
  if (waiting.length > 0)
    throw new ReleaseError(
      `${waiting.length} changesets wait for a version (${basename(waiting[0] ?? "")}): run \`pnpm run release:version\` and commit what it writes.`,
    );
  for (const { manifest } of publishedPackages(root)) {
    if (manifest.name === CONTRACT) requireMigration(root, manifest.version);
  }
  const [other] = otherChartVersions(root);
  if (other !== undefined)
    throw new ReleaseError(
      `The chart says ${other}, which is not the controller's version: run \`pnpm run release:version\` and commit what it writes.`,
    );
  requireLock(root);
  git(root, "var", "GIT_COMMITTER_IDENT");
}

/** What the contract has is recorded in its lock. */
function requireLock(root: string): void {
  const { code, stderr } = run(root, process.execPath, "packages/contract/scripts/lock.ts", "--check");
  if (code !== 0)
    throw new ReleaseError(`The contract is not what its lock says: ${stderr.trim().split("\n")[0]}`);
}
