/**
 * Fuzzes the reader: `node fuzz/fuzz-contract.ts [--seed S] [--runs N] [--coverage]`.
 * Exits 1 at the first broken law, and says how to run that one again. With `--coverage`, also when a block of the
 * reader never ran.
 */
import { parseArgs, styleText } from "node:util";
import { uncoveredBlocks } from "./branch-coverage.ts";

const READER = ["decode-halt-intent", "json-limits", "own-fields", "parse-halt-intent", "status-body"];

const options = readOptions();
if (typeof options === "string") {
  console.error(options);
  process.exitCode = 64;
} else {
  process.exitCode = await campaign(options);
}

interface Options {
  readonly seed: number;
  readonly runs: number;
  readonly coverage: boolean;
}

function readOptions(): Options | string {
  try {
    const { values } = parseArgs({
      options: { seed: { type: "string" }, runs: { type: "string" }, coverage: { type: "boolean" } },
    });
    const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
    const runs = Number(values.runs ?? 1_000_000);
    if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(runs) || runs < 1) {
      return "--seed and --runs are whole numbers, --runs 1 or more";
    }
    return { seed, runs, coverage: values.coverage ?? false };
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

async function campaign({ seed, runs, coverage }: Options): Promise<number> {
  console.log(`fuzzing the reader with ${runs} bodies and as many values, --seed ${seed}`);
  const run = async () => {
    const { fuzz } = await import("./fuzz.ts");
    // Counting every block slows a run down so much that its times mean nothing.
    const { kinds, slowestMs } = fuzz(seed, runs, coverage ? Number.POSITIVE_INFINITY : undefined);
    console.log(`no law broken; readings: ${JSON.stringify(kinds)}; slowest ${slowestMs.toFixed(2)} ms`);
  };
  try {
    if (!coverage) await run();
    else return await withCoverage(run);
    return 0;
  } catch (cause) {
    console.error(styleText("red", cause instanceof Error ? cause.message : String(cause)));
    return 1;
  }
}

async function withCoverage(run: () => Promise<void>): Promise<number> {
  const files = READER.map((name) => new URL(`../src/${name}.ts`, import.meta.url));
  const uncovered = await uncoveredBlocks(files, run);
  for (const { file, line, text } of uncovered) console.error(`never ran: ${file}:${line}: ${text}`);
  console.log(`blocks of ${READER.join(", ")} that never ran: ${uncovered.length}`);
  return uncovered.length === 0 ? 0 : 1;
}
