/**
 * Kills a node (SIGKILL) after every step of its halt, in both modes, and at random instants, again and again; then
 * starts it once more. Holds that the file is whole or absent, is there before the line or the intent, and that the node
 * ends with 70 and the file in the end. `--help` tells its size; the seed is for the instants.
 */
import { join } from "node:path";
import { HALT_STEPS } from "@upgrade-halt/producer";
import { runSeeded, type SeededRun } from "@upgrade-halt/testing";
import { type Crash, crashOnce } from "../src/testing/crash/crash-once.ts";
import { Random } from "../src/testing/fuzz/random.ts";

const PROGRAM = join(import.meta.dirname, "../bin/mock-node.js");
/** A node starts and halts within this many ms. */
const LATEST_INSTANT = 300;
const CONCURRENCY = 3;
const PROGRESS_EVERY = 100;

await runSeeded(
  {
    command: "crash:halt",
    does: "kills a node after each step of its halt, and at as many random instants, and looks at what it left",
    size: "runs",
    defaultSize: 100,
  },
  crash,
);

async function crash({ seed, size: runs }: SeededRun): Promise<number> {
  console.log(`crash:halt --seed ${seed} --runs ${runs}`);
  const crashes = crashesOf(runs, new Random(seed));
  const defects: string[] = [];
  let done = 0;
  const waiting = crashes.values();
  const crashSome = async (): Promise<void> => {
    for (const next of waiting) {
      defects.push(...(await crashOnce(next)));
      done += 1;
      if (done % PROGRESS_EVERY === 0) console.error(`${done} of ${crashes.length} crashes`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, crashSome));
  for (const defect of defects) console.log(defect);
  console.log(`${crashes.length} crashes, ${defects.length} broken promises`);
  return defects.length === 0 ? 0 : 1;
}

function crashesOf(runs: number, random: Random): readonly Crash[] {
  return [...HALT_STEPS, "any instant" as const].flatMap((after) =>
    Array.from({ length: runs }, (_, run) => ({
      program: PROGRAM,
      after: after === "any instant" ? random.integer(0, LATEST_INSTANT) : after,
      isStayAlive: run % 2 === 0,
    })),
  );
}
