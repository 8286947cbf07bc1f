import { join } from "node:path";
import { type Package, publishedPackages } from "../../src/packages.ts";

/** The source of each export of the published packages that has types. */
export function sources(root: string): readonly string[] {
  return publishedPackages(root).flatMap((one) => sourcesOf(root, one));
}

function sourcesOf(root: string, { folder, manifest }: Package): readonly string[] {
  return Object.values(manifest.exports ?? {}).flatMap((target) => {
    if (typeof target !== "object" || target === null || !("types" in target)) return [];
    const source = String(target.types)
      .replace("/dist/", "/src/")
      .replace(/\.d\.ts$/, ".ts");
    return [join(root, folder, source)];
  });
}

/** What imports call a source that TypeDoc names `producer/src` or `producer/src/fastify`. */
export function specifierOf(module: string): string {
  return `@upgrade-halt/${module.replace("/src", "")}`;
}
