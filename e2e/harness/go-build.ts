import { spawnSync } from "node:child_process";
import { renameSync } from "node:fs";

export interface GoProgram {
  /** What is built, as the first words of a sentence: "The kubelet". */
  readonly what: string;
  /** Where the program goes; its folder is there. */
  readonly target: string;
  /** The folder of the Go module. */
  readonly module: string;
  readonly package: string;
  readonly linkerFlags: string;
  /** Build tags, with commas between. */
  readonly tags?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Builds a Go program beside its final name and renames it, so that an interrupted build leaves nothing that looks
 * finished. Says on standard error that it builds, and how long it took. Where it fails the process ends with 1 and a
 * sentence.
 */
export function goBuild({
  what,
  target,
  module,
  package: name,
  linkerFlags,
  tags = "",
  env = process.env,
}: GoProgram) {
  process.stderr.write(`${what}: building ...\n`);
  const started = performance.now();
  const unfinished = `${target}.${process.pid}.unfinished`;
  const flags = ["-trimpath", "-tags", tags, "-ldflags", linkerFlags, "-o", unfinished];
  const built = spawnSync("go", ["build", ...flags, name], {
    cwd: module,
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (built.error)
    fail(`${what} is built with Go, and no \`go\` is on the PATH: install Go from https://go.dev/dl/`);
  if (built.status !== 0) fail(`${what}: go build failed (${built.signal ?? built.status})`);
  renameSync(unfinished, target);
  process.stderr.write(`${what}: built in ${Math.round((performance.now() - started) / 1000)} s\n`);
}

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
