/**
 * All benchmarks: instruction counts beside a committed baseline, then every other one; `--help` tells more. Exits with 1 where
 * a count is above its baseline or a benchmark fails, with 64 on bad usage.
 */
import { loadavg } from "node:os";
import { machineOf, runBench } from "../command-line.ts";
import { progressTo } from "../controller/progress.ts";
import { baselineOf, MACHINE, recordBaseline } from "../instructions/baseline.ts";
import { type Comparison, compare, tableOf } from "../instructions/compare.ts";
import { countAll } from "../instructions/counts.ts";
import { HELP, INSTRUCTIONS, type Options, parseOptions } from "./options.ts";
import { type BenchEnd, OTHER_BENCHES, runOther } from "./other-benches.ts";

const progress = progressTo(process.stderr);

/** Where the counts are recorded, they are what they are compared with. */
async function instructions({ baseline, record, rounds }: Options): Promise<readonly Comparison[]> {
  const before = record ? undefined : baselineOf(baseline);
  const counts = await countAll(rounds, progress);
  if (!record) return compare(counts, before);
  const counted = compare(counts, undefined).map(({ what, count = Number.NaN }) => [what, count] as const);
  recordBaseline(baseline, Object.fromEntries(counted));
  return compare(counts, baselineOf(baseline));
}

function print(comparisons: readonly Comparison[], others: readonly BenchEnd[], options: Options): void {
  if (comparisons.length > 0)
    process.stdout.write(`${MACHINE}, beside ${options.baseline}\n${tableOf(comparisons)}`);
  for (const { name, exitCode, figures } of others) {
    const lines = Array.isArray(figures) ? figures.join("\n") : JSON.stringify(figures, undefined, 1);
    process.stdout.write(`\nbench:${name}, which ended with ${exitCode}\n${lines}\n`);
  }
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
  if (options === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  const [loadBefore = Number.NaN] = loadavg();
  const comparisons = options.parts.has(INSTRUCTIONS) ? await instructions(options) : [];
  const others: BenchEnd[] = [];
  for (const name of Object.keys(OTHER_BENCHES).filter((other) => options.parts.has(other))) {
    progress(`bench:${name}`);
    others.push(await runOther(name));
  }
  if (options.json)
    process.stdout.write(
      `${JSON.stringify({ machine: machineOf(loadBefore), baseline: MACHINE, instructions: comparisons, others })}\n`,
    );
  else print(comparisons, others, options);
  const held = comparisons.every(({ verdict }) => verdict === "held");
  if (!held) process.stderr.write(`bench:all: not every count held beside ${options.baseline}\n`);
  return held && others.every(({ exitCode }) => exitCode === 0) ? 0 : 1;
}

await runBench("bench:all", main);
