import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A package.json, as far as a release looks into it. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly engines?: { readonly node?: string };
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** A package of the workspace: `folder` is relative to the root. */
export interface Package {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The published packages of a checkout, each after those that it depends on. */
export function publishedPackages(root: string): readonly Package[] {
  const found = globSync("packages/*/package.json", { cwd: root })
    .map((file) => ({
      folder: dirname(file),
      manifest: JSON.parse(readFileSync(join(root, file), "utf8")) as Manifest,
    }))
    .filter(({ manifest }) => manifest.private !== true);
  return inOrder(found.toSorted((a, b) => a.folder.localeCompare(b.folder)));
}

function inOrder(packages: readonly Package[]): readonly Package[] {
  const ordered: Package[] = [];
  const add = (one: Package): void => {
    if (ordered.includes(one)) return;
    for (const name of Object.keys(one.manifest.dependencies ?? {})) {
      const needed = packages.find(({ manifest }) => manifest.name === name);
      if (needed !== undefined) add(needed);
    }
    ordered.push(one);
  };
  for (const one of packages) add(one);
  return ordered;
}
