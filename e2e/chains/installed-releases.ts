import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plan } from "./governance.ts";
import type { Validator } from "./validator.ts";

/** Where cosmovisor looks for the old and for the new release. */
export function placesOf({ home }: Validator, { name }: Plan): readonly [string, string] {
  const place = (...folder: string[]): string => join(home, "cosmovisor", ...folder, "bin", "simd");
  return [place("genesis"), place("upgrades", name)];
}

/** Puts the old and the new release where cosmovisor looks for them, as scripts; their paths. */
export function installReleases(validator: Validator, plan: Plan): readonly [string, string] {
  const releases = placesOf(validator, plan);
  const { name } = plan;
  installRelease(validator, releases[0]);
  installRelease(validator, releases[1], name);
  return releases;
}

/** Puts a release of the validator's node at a path, as a script that notes the process id of each start. */
export function installRelease({ home, program }: Validator, path: string, handler = ""): void {
  writeProgram(path, `echo $$ >> '${pidFile(home)}'\nUPGRADE_HANDLERS='${handler}' exec '${program}' "$@"`);
}

/** Writes a shell script that can be run. */
export function writeProgram(path: string, script: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** The process ids of all nodes that `installRelease`'s scripts became, in order. */
export function pidsOf(home: string): readonly number[] {
  return linesOf(pidFile(home)).map(Number);
}

/** The lines of a file, or none where there is none. */
export function linesOf(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
}

function pidFile(home: string): string {
  return join(home, "pids");
}
