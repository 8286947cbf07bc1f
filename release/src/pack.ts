import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { requireContents } from "./contents.ts";
import { type Package, publishedPackages } from "./packages.ts";
import { pnpm, pnpmWith } from "./run.ts";

/** A pnpmfile of the pack alone: one of the workspace would be part of the lockfile, and of everybody's installation. */
const MANIFEST_HOOK = "release/src/published-manifest.mjs";

/** A tarball as it would be published; `integrity` is what a registry says of these bytes. */
export interface Packed extends Package {
  readonly tarball: string;
  readonly integrity: string;
}

/** Builds packages of a checkout from nothing but their sources; those that are published unless said. */
export function buildAnew(root: string, packages: readonly Package[] = publishedPackages(root)): void {
  for (const { folder } of packages) rmSync(join(root, folder, "dist"), { recursive: true, force: true });
  pnpm(root, ...only(packages), "run", "build");
}

/**
 * Packs the built packages of a checkout into `folder`, in the order in which they are published, and holds that each is whole. With
 * the address of a repository each manifest says where the sources are, the home page and where to report a bug.
 */
export function packAll(root: string, folder: string, repository?: string): readonly Packed[] {
  const packages = publishedPackages(root);
  mkdirSync(folder, { recursive: true });
  const pack = [...only(packages), "pack", "--pack-destination", folder];
  if (repository === undefined) pnpm(root, ...pack);
  else
    pnpmWith({ RELEASE_REPOSITORY: repository }, root, `--config.globalPnpmfile=${MANIFEST_HOOK}`, ...pack);
  return packages.map((one) => {
    const tarball = join(folder, tarballName(one));
    requireContents(root, one, tarball);
    const digest = createHash("sha512").update(readFileSync(tarball)).digest("base64");
    return { ...one, tarball, integrity: `sha512-${digest}` };
  });
}

function only(packages: readonly Package[]): readonly string[] {
  return ["--recursive", ...packages.flatMap(({ manifest }) => ["--filter", manifest.name])];
}

function tarballName({ manifest: { name, version } }: Package): string {
  return `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
}
