import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Package } from "./packages.ts";
import { ReleaseError } from "./release-error.ts";

const LISTED = "release/contents.json";
const FOR_TESTS = /\.test\.ts$|^src\/testing\//;

/**
 * What the tarball of a package holds: the files that `release/contents.json` lists, its modules, the files that its program was put
 * into, which each build makes anew, and its changelog once it has one.
 */
export function expectedFiles(root: string, { folder, manifest }: Package): readonly string[] {
  const lists = JSON.parse(readFileSync(join(root, LISTED), "utf8")) as Record<string, readonly string[]>;
  const modules = globSync("src/**/*.ts", { cwd: join(root, folder) })
    .filter((file) => !FOR_TESTS.test(file))
    .flatMap((file) => {
      const base = file.replace(/^src\//, "dist/").replace(/\.ts$/, "");
      return [file, ...["js", "js.map", "d.ts", "d.ts.map"].map((ending) => `${base}.${ending}`)];
    });
  const changelog = existsSync(join(root, folder, "CHANGELOG.md")) ? ["CHANGELOG.md"] : [];
  const program = globSync("dist/program/*", { cwd: join(root, folder) });
  return [...(lists[manifest.name] ?? []), ...changelog, ...modules, ...program].sort();
}

/** The files of a tarball, without their common folder, sorted. */
export function filesOf(tarball: string): readonly string[] {
  return execFileSync("tar", ["--list", "--gzip", "--file", tarball], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//, ""))
    .sort();
}

/** Throws a `ReleaseError` where a tarball lacks a file, or holds one that it should not. */
export function requireContents(root: string, one: Package, tarball: string): void {
  const expected = expectedFiles(root, one);
  const found = filesOf(tarball);
  const name = one.manifest.name;
  const missing = expected.filter((file) => !found.includes(file));
  if (missing.length > 0)
    throw new ReleaseError(
      `The tarball of ${name} lacks ${some(missing)}: build it anew, or correct ${LISTED}.`,
    );
  const extra = found.filter((file) => !expected.includes(file));
  if (extra.length > 0)
    throw new ReleaseError(
      `The tarball of ${name} holds ${some(extra)}, which ${LISTED} does not list: remove dist, and build it anew.`,
    );
}

function some(files: readonly string[]): string {
  return files.length > 1 ? `${files[0]} and ${files.length - 1} more` : (files[0] ?? "");
}
