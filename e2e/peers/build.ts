/**
 * Builds CometBFT and the Go program of this folder into a cache outside the tree. What is cached is not built again; a
 * cold build takes about a minute on two cores.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, MODULE_FOLDER, PROGRAMS } from "./programs.ts";

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

const folder = cacheFolder();
mkdirSync(folder, { recursive: true });
for (const [name, source] of Object.entries(PROGRAMS)) {
  const target = join(folder, name);
  if (existsSync(target)) continue;
  process.stderr.write(`${name}: building ...\n`);
  // Built beside its name and renamed: an interrupted build leaves nothing that looks finished.
  const unfinished = `${target}.${process.pid}.unfinished`;
  const built = spawnSync("go", ["build", "-trimpath", "-ldflags", "-s -w", "-o", unfinished, source], {
    cwd: MODULE_FOLDER,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (built.error)
    fail(
      "The peers are built with Go, and no `go` is on the PATH: install Go 1.24 or newer from https://go.dev/dl/",
    );
  if (built.status !== 0) fail(`${name}: go build failed (${built.signal ?? built.status})`);
  renameSync(unfinished, target);
}
