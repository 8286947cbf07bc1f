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

const CONTROLLER = "apps/mini-controller";

/** The published packages of a checkout, each after those that it depends on. */
export function publishedPackages(root: string): readonly Package[] {
  const published = packagesIn(root).filter(({ manifest }) => manifest.private !== true);
  return withDependencies(published, published);
}

/** What a release gives out is made of: the published packages, the controller and what that depends on, each after its dependencies. */
export function releasedPackages(root: string): readonly Package[] {
  const controller = { folder: CONTROLLER, manifest: manifestIn(root, CONTROLLER) };
  return withDependencies([...publishedPackages(root), controller], packagesIn(root));
}

function packagesIn(root: string): readonly Package[] {
  const folders = globSync("packages/*/package.json", { cwd: root }).map(dirname).toSorted();
  return folders.map((folder) => ({ folder, manifest: manifestIn(root, folder) }));
}

function manifestIn(root: string, folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
}

function withDependencies(wanted: readonly Package[], among: readonly Package[]): readonly Package[] {
  const ordered: Package[] = [];
  const add = (one: Package): void => {
    if (ordered.some(({ folder }) => folder === one.folder)) return;
    for (const name of Object.keys(one.manifest.dependencies ?? {})) {
      const needed = among.find(({ manifest }) => manifest.name === name);
      if (needed !== undefined) add(needed);
    }
    ordered.push(one);
  };
  for (const one of wanted) add(one);
  return ordered;
}
