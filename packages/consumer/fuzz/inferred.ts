/** The long round: judges generated logs of nodes that did not halt, and counts the halts that are inferred all the same. */
import { runSeeded, type SeededRun } from "@upgrade-halt/testing";
import { fuzzInferred } from "../src/testing/fuzz-inferred.ts";

const ROUND = 50_000;

await runSeeded(
  {
    command: "fuzz:inferred",
    does: "judges generated logs of healthy, crashing and syncing nodes, and holds that no halt is inferred from one",
    size: "runs",
    defaultSize: 1_000_000,
  },
  async ({ seed, size: runs }: SeededRun): Promise<number> => {
    process.stdout.write(`fuzz:inferred --seed ${seed} --runs ${runs}\n`);
    const started = performance.now();
    for (let done = 0; done < runs; done += ROUND) fuzzInferred(seed + done, Math.min(ROUND, runs - done));
    const seconds = (performance.now() - started) / 1_000;
    process.stdout.write(`${runs} logs in ${seconds.toFixed(0)} s, 0 false inferred halts\n`);
    return 0;
  },
);
