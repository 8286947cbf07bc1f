/**
 * Builds etcd, kube-apiserver, kube-controller-manager and kubectl from their Go modules into a cache folder outside
 * the tree and prints that folder, the value for `KUBEBUILDER_ASSETS`, as its only line on standard output. What is cached is
 * not built again; where `KUBEBUILDER_ASSETS` is set, nothing is built. A cold build takes some eight minutes on two
 * cores.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { linkerFlags } from "./linker-flags.ts";
import { assetsFolder, cacheFolder, PROGRAMS } from "./programs.ts";

type Program = (typeof PROGRAMS)[number];

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function requireGo(): void {
  const found = spawnSync("go", ["version"], { encoding: "utf8" });
  if (found.error) {
    fail(
      "The control plane is built with Go, and no `go` is on the PATH: install Go 1.26 or newer from https://go.dev/dl/",
    );
  }
  process.stderr.write(found.stdout);
}

/** Builds beside the final name and renames, so that an interrupted build leaves nothing that looks finished. */
function build(program: Program, folder: string): void {
  const target = join(folder, program.name);
  if (existsSync(target)) {
    process.stderr.write(`${program.name}: cached\n`);
    return;
  }
  process.stderr.write(`${program.name}: building ...\n`);
  const started = performance.now();
  const unfinished = `${target}.${process.pid}.unfinished`;
  const built = spawnSync(
    "go",
    ["build", "-trimpath", "-ldflags", linkerFlags(), "-o", unfinished, program.package],
    { cwd: join(import.meta.dirname, program.module), stdio: ["ignore", "inherit", "inherit"] },
  );
  if (built.status !== 0) fail(`${program.name}: go build failed (${built.signal ?? built.status})`);
  renameSync(unfinished, target);
  process.stderr.write(`${program.name}: built in ${Math.round((performance.now() - started) / 1000)} s\n`);
}

function buildMissing(): string {
  const folder = cacheFolder();
  if (PROGRAMS.some(({ name }) => !existsSync(join(folder, name)))) requireGo();
  mkdirSync(folder, { recursive: true });
  for (const program of PROGRAMS) build(program, folder);
  return folder;
}

function given(): string {
  try {
    return assetsFolder();
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

process.stdout.write(`${process.env.KUBEBUILDER_ASSETS ? given() : buildMissing()}\n`);
