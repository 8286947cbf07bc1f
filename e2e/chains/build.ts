/**
 * Builds the nodes of the chains into a cache outside the tree, or those of the chains that are named. What is cached is not
 * built again; a cold build takes some two minutes for each on two cores.
 */
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { goBuild } from "../harness/go-build.ts";
import { CHAINS, type Chain, moduleFolder, programPath } from "./programs.ts";

const named = process.argv.slice(2);
for (const chain of Object.keys(CHAINS) as Chain[]) {
  if (named.length > 0 && !named.includes(chain)) continue;
  const target = programPath(chain);
  if (existsSync(target)) continue;
  mkdirSync(dirname(target), { recursive: true });
  goBuild({
    what: `${chain} of ${CHAINS[chain].sdk}`,
    target,
    module: moduleFolder(chain),
    package: ".",
    linkerFlags: "-s -w",
  });
}
