import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A package of npm as its manifest names it. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** The package that a file is of: that of the nearest manifest with a name and a version, in its folder or above, up to `root`. */
export function packageOf(file: string, root = "/"): NpmPackage | undefined {
  if (file === root) return undefined;
  const folder = dirname(file);
  const manifest = join(folder, "package.json");
  if (existsSync(manifest)) {
    const { name, version, license } = JSON.parse(readFileSync(manifest, "utf8"));
    if (name !== undefined && version !== undefined) return { name, version, license };
  }
  return packageOf(folder, root);
}
