import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Program, type ProgramOptions, startProgram } from "@upgrade-halt/testing";

const BINS = {
  "mini-controller": "@upgrade-halt/mini-controller",
  "mock-node": "@upgrade-halt/mock-node",
  sandbox: "@upgrade-halt/sandbox",
  "upgrade-halt": "@upgrade-halt/consumer",
} as const;

/** Path of a workspace program's entry, for `node`. */
export function binOf(program: keyof typeof BINS): string {
  return join(import.meta.dirname, "../node_modules", BINS[program], "bin", `${program}.js`);
}

/** Makes the folder `bin` in a folder, with the tree's `upgrade-halt` and its other names as programs. */
export function installUpgradeHalt(folder: string): void {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  for (const name of ["upgrade-halt", "kubectl-upgrade_halt", "kubectl_complete-upgrade_halt"]) {
    const script = join(dirname(binOf("upgrade-halt")), `${name}.js`);
    const program = join(bin, name);
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
    chmodSync(program, 0o755);
  }
}

/** Starts one of the workspace's programs as a user would, in this Node. */
export function startBin(
  program: keyof typeof BINS,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Program> {
  return startProgram(
    `${program} ${args[0] ?? ""}`.trim(),
    process.execPath,
    [binOf(program), ...args],
    options,
  );
}
