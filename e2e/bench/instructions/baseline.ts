import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Baseline } from "./compare.ts";

/** The baseline of this repository. */
export const BASELINE_FILE = join(import.meta.dirname, "baseline.json");

/** Counts are the same for the same processor's architecture and the same Node alone. */
export const MACHINE = `${process.arch} ${process.version}`;

type Baselines = Readonly<Record<string, Baseline>>;

/** What a file has for an architecture and a Node; `undefined` where it has nothing. @throws where there is no such file */
export function baselineOf(file: string, machine = MACHINE): Baseline | undefined {
  return read(file)[machine];
}

/** Puts a baseline into a file, beside those of other machines. */
export function recordBaseline(file: string, baseline: Baseline, machine = MACHINE): void {
  const others = existsSync(file) ? read(file) : {};
  const sorted = Object.entries({ ...others, [machine]: baseline }).toSorted(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}

function read(file: string): Baselines {
  return JSON.parse(readFileSync(file, "utf8")) as Baselines;
}
