import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { git, gitLines } from "./git.ts";
import { type Manifest, publishedPackages } from "./packages.ts";

/** A published package that differs from `since` in something that its users get. */
export interface ChangedPackage {
  readonly name: string;
  /** The files, relative to the root, that say so. */
  readonly files: readonly string[];
}

/** What a package's users get; its tests, benchmarks and build do not reach them. */
const SHIPPED = /^(README\.md|(src|bin|man|schema|vectors)\/.*)$/;
const FOR_TESTS = /\.test\.ts$|^src\/testing\/|\/fixtures\//;

/** The files that differ from a commit, in what is committed, in the work tree, or by being new there. */
export function changedFiles(root: string, base: string): readonly string[] {
  return [
    ...gitLines(root, "diff", "--name-only", "--no-renames", base),
    ...gitLines(root, "ls-files", "--others", "--exclude-standard"),
  ];
}

/**
 * The published packages that changed since a commit, work tree included. A package that a release gave another version since is
 * none: its changesets are in its changelog now.
 */
export function changedPackages(root: string, base: string): readonly ChangedPackage[] {
  const files = changedFiles(root, base);
  return publishedPackages(root).flatMap(({ folder, manifest }) => {
    const before = fileAt(root, base, `${folder}/package.json`);
    if (before !== undefined && JSON.parse(before).version !== manifest.version) return [];
    const inside = files
      .filter((file) => file.startsWith(`${folder}/`))
      .filter((file) => {
        const path = file.slice(folder.length + 1);
        return SHIPPED.test(path) && !FOR_TESTS.test(path);
      });
    const changed = manifestChanged(root, base, folder) ? [...inside, `${folder}/package.json`] : inside;
    return changed.length === 0 ? [] : [{ name: manifest.name, files: changed }];
  });
}

/** Whether the published manifest differs: its own fields, and the ranges that the catalog gives its dependencies. */
function manifestChanged(root: string, base: string, folder: string): boolean {
  const at = (commit: string | undefined) => {
    const text = fileAt(root, commit, `${folder}/package.json`);
    if (text === undefined) return undefined;
    const { catalog = {} } = parse(fileAt(root, commit, "pnpm-workspace.yaml") ?? "") ?? {};
    return publishedManifest(JSON.parse(text), catalog);
  };
  return at(base) !== at(undefined);
}

/** The fields that reach a user, with each `catalog:` resolved. */
function publishedManifest(manifest: Manifest, catalog: Readonly<Record<string, string>>): string {
  const { scripts: _, devDependencies: __, ...kept } = manifest as Manifest & Record<string, unknown>;
  const ranges = Object.entries(manifest.dependencies ?? {}).map(([name, range]) => [
    name,
    range === "catalog:" ? catalog[name] : range,
  ]);
  return JSON.stringify({ ...kept, dependencies: ranges });
}

/** A file at a commit, or in the work tree; `undefined` where it is not there. */
export function fileAt(root: string, commit: string | undefined, file: string): string | undefined {
  try {
    return commit === undefined
      ? readFileSync(join(root, file), "utf8")
      : git(root, "show", `${commit}:${file}`);
  } catch {
    return undefined;
  }
}
