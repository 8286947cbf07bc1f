/**
 * Fuzzes the reader: `node fuzz/fuzz-contract.ts [--seed S] [--runs N] [--coverage]`.
 * Exits 1 at the first broken law, and says how to run that one again. With `--coverage`, also when a block of the
 * reader never ran.
 */
import { styleText } from "node:util";
import { runSeeded, type SeededRun } from "@upgrade-halt/testing";
import { uncoveredBlocks } from "./branch-coverage.ts";

const READER = ["decode-halt-intent", "json-limits", "own-fields", "parse-halt-intent", "status-body"];

const PROGRESS_EVERY = 100_000;

await runSeeded(
  {
    command: "fuzz:contract",
    does: "reads random bodies, and as many random values, and holds every reading to the laws of laws.ts",
    size: "runs",
    defaultSize: 1_000_000,
    switches: { coverage: "fail, too, when a block of the reader never ran" },
  },
  main,
);

async function main({ seed, size: runs, switches }: SeededRun): Promise<number> {
  const coverage = switches.has("coverage");
  console.log(`fuzzing the reader with ${runs} bodies and as many values, --seed ${seed}`);
  const run = async () => {
    const { fuzz } = await import("./fuzz.ts");
    // Counting every block slows a run down so much that its times mean nothing.
    const { kinds, slowestMs } = fuzz(seed, runs, coverage ? Number.POSITIVE_INFINITY : undefined, (done) => {
      if (done % PROGRESS_EVERY === 0 && done < runs) console.error(`${done} of ${runs}`);
    });
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
