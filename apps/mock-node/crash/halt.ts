/**
 * Kills a node (SIGKILL) after every step of its halt, in both modes, and at random instants, again and again; then
 * starts it once more. Holds that the file is whole or absent, is there before the line or the intent, and that the node
 * ends with 70 and the file in the end. Size: --runs for each step (100), --seed for the instants (the time).
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { HALT_STEPS } from "@upgrade-halt/producer";
import { crashOnce } from "../src/testing/crash/crash-once.ts";
import { Random } from "../src/testing/fuzz/random.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100" },
    seed: { type: "string", default: `${Date.now() >>> 0}` },
  },
});
const runs = Number(values.runs);
const random = new Random(Number(values.seed));
const program = join(import.meta.dirname, "../bin/mock-node.js");
/** A node starts and halts within this many ms. */
const LATEST_INSTANT = 300;
const CONCURRENCY = 3;

const crashes = [...HALT_STEPS, "any instant" as const].flatMap((after) =>
  Array.from({ length: runs }, (_, run) => ({
    program,
    after: after === "any instant" ? random.integer(0, LATEST_INSTANT) : after,
    isStayAlive: run % 2 === 0,
  })),
);

process.stdout.write(`crash:halt --seed ${values.seed} --runs ${runs}\n`);
const started = performance.now();
const defects: string[] = [];
const waiting = crashes.values();
await Promise.all(
  Array.from({ length: CONCURRENCY }, async () => {
    for (const crash of waiting) defects.push(...(await crashOnce(crash)));
  }),
);
const seconds = ((performance.now() - started) / 1_000).toFixed(0);
for (const defect of defects) process.stdout.write(`${defect}\n`);
process.stdout.write(`${crashes.length} crashes in ${seconds} s, ${defects.length} broken promises\n`);
if (defects.length > 0) process.exitCode = 1;
