/**
 * Builds CometBFT and the Go program of this folder into a cache outside the tree. What is cached is not built again; a
 * cold build takes about a minute on two cores.
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { goBuild } from "../harness/go-build.ts";
import { cacheFolder, MODULE_FOLDER, PROGRAMS } from "./programs.ts";

const folder = cacheFolder();
mkdirSync(folder, { recursive: true });
for (const [what, source] of Object.entries(PROGRAMS)) {
  const target = join(folder, what);
  if (existsSync(target)) continue;
  goBuild({ what, target, module: MODULE_FOLDER, package: source, linkerFlags: "-s -w" });
}
