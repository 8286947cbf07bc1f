import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Row } from "../../bench/controller/report.ts";

/** The page as `build:page` made it. */
export const PAGE = join(import.meta.dirname, "../../../apps/sandbox/dist/page");

/** How large the page's script is on the wire. */
export async function benchScript(): Promise<readonly Row[]> {
  const assets = join(PAGE, "assets");
  const scripts = (await readdir(assets)).filter((file) => file.endsWith(".js"));
  const sizes = await Promise.all(
    scripts.map(async (file) => gzipSync(await readFile(join(assets, file))).length),
  );
  const value = sizes.reduce((sum, size) => sum + size, 0) / 1024;
  return [
    { part: "The page", what: "script, gzip", value, unit: "KB", target: { of: "value", atMost: 150 } },
  ];
}
