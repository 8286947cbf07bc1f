/**
 * Builds cosmovisor from its Go module into a cache folder outside the tree, and prints its path. What is cached is not
 * built again. A cold build takes some two minutes on two cores.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { cosmovisorPath } from "./program.ts";

const target = cosmovisorPath();
if (!existsSync(target)) {
  mkdirSync(dirname(target), { recursive: true });
  // Built beside the final name and renamed, so that an interrupted build leaves nothing that looks finished.
  const unfinished = `${target}.${process.pid}.unfinished`;
  const args = ["build", "-trimpath", "-ldflags", "-s -w", "-o", unfinished];
  const built = spawnSync("go", [...args, "cosmossdk.io/tools/cosmovisor/cmd/cosmovisor"], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (built.error) {
    process.stderr.write(
      "cosmovisor is built with Go, and no `go` is on the PATH: install Go from https://go.dev/dl/\n",
    );
    process.exit(1);
  }
  if (built.status !== 0) process.exit(1);
  renameSync(unfinished, target);
}
process.stdout.write(`${target}\n`);
