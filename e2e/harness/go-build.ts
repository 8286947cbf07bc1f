import { spawnSync } from "node:child_process";
import { renameSync } from "node:fs";

export interface GoProgram {
  /** What is built, as the first word of a sentence: "The kubelet". */
  readonly what: string;
  /** Where the program goes; its folder is there. */
  readonly target: string;
  /** The folder of the Go module. */
  readonly module: string;
  readonly package: string;
  readonly linkerFlags: string;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Builds a Go program beside its final name and renames it, so that an interrupted build leaves nothing that looks
 * finished. Where that fails the process ends with 1, and a sentence where there is no Go.
 */
export function goBuild({ what, target, module, package: name, linkerFlags, env = process.env }: GoProgram) {
  const unfinished = `${target}.${process.pid}.unfinished`;
  const built = spawnSync("go", ["build", "-trimpath", "-ldflags", linkerFlags, "-o", unfinished, name], {
    cwd: module,
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (built.error) {
    process.stderr.write(
      `${what} is built with Go, and no \`go\` is on the PATH: install Go from https://go.dev/dl/\n`,
    );
    process.exit(1);
  }
  if (built.status !== 0) process.exit(1);
  renameSync(unfinished, target);
}
