/**
 * Builds CometBFT and the Go programs of this folder into a cache outside the tree. What is cached is not built again; a
 * cold build takes about two minutes on two cores.
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { goBuild } from "../harness/go-build.ts";
import { cacheFolder, moduleFolder, PROGRAMS } from "./programs.ts";

for (const [what, { module, package: source }] of Object.entries(PROGRAMS)) {
  const folder = cacheFolder(module);
  mkdirSync(folder, { recursive: true });
  const target = join(folder, what);
  if (existsSync(target)) continue;
  goBuild({ what, target, module: moduleFolder(module), package: source, linkerFlags: "-s -w" });
}
