/**
 * The sandbox and its page, each figure beside its target or the other side of its comparison; `--help` tells the sizes.
 * Exits with 1 where a target is missed or something failed, with 64 on bad usage.
 */
import { loadavg } from "node:os";
import { machineOf, runBench } from "../../bench/command-line.ts";
import { progressTo } from "../../bench/controller/progress.ts";
import { isMet, type Row, tableOf } from "../../bench/controller/report.ts";
import { Cleanup } from "../../harness/cleanup.ts";
import { benchIdle } from "./idle.ts";
import { benchMemory } from "./memory.ts";
import { HELP, type Options, PARTS, type Part, parseOptions } from "./options.ts";
import { benchPages } from "./pages.ts";
import { benchPixel } from "./pixel.ts";
import type { Place } from "./place.ts";
import { benchScript } from "./script.ts";
import { benchStart } from "./start.ts";

const BENCHES: Readonly<Record<Part, (place: Place, options: Options) => Promise<readonly Row[]>>> = {
  script: benchScript,
  pixel: benchPixel,
  memory: benchMemory,
  idle: benchIdle,
  pages: benchPages,
  start: benchStart,
};

async function bench(options: Options): Promise<readonly Row[]> {
  const progress = progressTo(process.stderr);
  const rows: Row[] = [];
  for (const part of PARTS.filter((one) => options.parts.has(one))) {
    const cleanup = new Cleanup();
    try {
      rows.push(...(await BENCHES[part]({ cleanup, progress }, options)));
    } finally {
      await cleanup.run();
    }
  }
  return rows;
}

function print(rows: readonly Row[], options: Options, loadBefore: number): void {
  const machine = machineOf(loadBefore);
  if (options.json) {
    const { parts, json: _, ...sizes } = options;
    const met = rows.map((row) => ({ ...row, met: isMet(row) }));
    process.stdout.write(`${JSON.stringify({ machine, parts: [...parts], sizes, rows: met })}\n`);
    return;
  }
  const load = `load ${loadBefore.toFixed(1)} before`;
  process.stdout.write(
    `${machine.cpus} x ${machine.model}, ${load}, Node ${machine.node}\n\n${tableOf(rows)}`,
  );
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  const [loadBefore = Number.NaN] = loadavg();
  const rows = await bench(options);
  print(rows, options, loadBefore);
  return rows.some((row) => isMet(row) === false) ? 1 : 0;
}

await runBench("bench:sandbox", main);
