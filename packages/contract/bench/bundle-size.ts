/** How large the built package is for whoever ships it. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const IMPORT = /(?:from|import) "(\.\/[^"]+)"/g;

/** Bytes of the entry point and of every file it imports, zod not among them; as they are and through gzip. */
export function bundleSize(entry: URL): {
  readonly raw: number;
  readonly gzip: number;
  readonly files: number;
} {
  const sources = new Map<string, string>();
  const visit = (file: URL) => {
    if (sources.has(file.href)) return;
    const source = readFileSync(file, "utf8");
    sources.set(file.href, source);
    for (const [, path = ""] of source.matchAll(IMPORT)) visit(new URL(path, file));
  };
  visit(entry);
  const bundle = Buffer.from([...sources.values()].join("\n"));
  return { raw: bundle.length, gzip: gzipSync(bundle).length, files: sources.size };
}
