/** How long `upgrade-halt explain 70` takes as one file, and as the installed package under Node; the two take turns. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CONSUMER } from "../src/bundle.ts";

const RUNS = 31;
const executable = join(import.meta.dirname, `../out/upgrade-halt-linux-${process.arch}`);
if (!existsSync(executable)) {
  process.stderr.write(`${executable} is not there: run pnpm run package:executable first\n`);
  process.exit(1);
}
const ASKED = ["explain", "70"];
const SIDES = {
  "one file": [executable, ...ASKED],
  "installed, under Node": [process.execPath, join(CONSUMER, "bin/upgrade-halt.js"), ...ASKED],
} as const;

const times: Record<keyof typeof SIDES, number[]> = { "one file": [], "installed, under Node": [] };
for (let run = 0; run < RUNS; run += 1) {
  for (const side of Object.keys(SIDES) as (keyof typeof SIDES)[]) {
    const [program, ...args] = SIDES[side];
    const started = performance.now();
    const { status } = spawnSync(program, args, { stdio: "ignore" });
    if (status !== 0) throw new Error(`${side} ended with ${status}`);
    times[side].push(performance.now() - started);
  }
}
const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
for (const [side, values] of Object.entries(times))
  process.stdout.write(`${side.padEnd(22)} ${median(values).toFixed(1)} ms (median of ${RUNS})\n`);
const ratio = median(times["one file"]) / median(times["installed, under Node"]);
process.stdout.write(`${"ratio".padEnd(22)} ${ratio.toFixed(2)} (goal: at most 1.2)\n`);
