/**
 * Builds cosmovisor from its Go module into a cache folder outside the tree, and prints its path. What is cached is not
 * built again. A cold build takes some two minutes on two cores.
 */
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { goBuild } from "../harness/go-build.ts";
import { cosmovisorPath } from "./program.ts";

const target = cosmovisorPath();
if (!existsSync(target)) {
  mkdirSync(dirname(target), { recursive: true });
  goBuild({
    what: "cosmovisor",
    target,
    module: import.meta.dirname,
    package: "cosmossdk.io/tools/cosmovisor/cmd/cosmovisor",
    linkerFlags: "-s -w",
  });
}
process.stdout.write(`${target}\n`);
