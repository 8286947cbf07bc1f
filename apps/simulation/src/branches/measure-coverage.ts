import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Profiler } from "node:inspector";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type BranchCount, countBranches } from "./branch-count.ts";
import { takenByAny } from "./branches.ts";
import { branchesOfScripts } from "./branches-of-scripts.ts";
import { EXCEPTIONS } from "./coverage-exceptions.ts";
import { seedsFor, type Take } from "./seeds-for.ts";

/** Seeds whose clusters took, when they were looked for, every branch that any was known to take. */
const KNOWN_SEEDS = new URL("known-seeds.json", import.meta.url);

/** From the first seed of one process to that of the next: more than any of them plays. */
const SEEDS_APART = 10_000_000;

/** As many as one process plays: its memory grows with them. */
const MOST_STEPS = 2_500_000;
/** The same of the known seeds. */
const MOST_SEEDS = 25;

/** What one process plays: a script beside this one, and its command line. */
type Play = readonly [script: string, ...options: readonly string[]];

/**
 * Plays the known seeds and then `steps` steps from `seed` on, in as many processes at a time as there are cores, and says which branches
 * none of them took. Resolves to the exit code. V8 writes down what it counted as a process ends by itself: of one that was killed nothing
 * is known, and no branch is named for it.
 */
export async function measureCoverage(seed: number, steps: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "upgrade-halt-coverage-"));
  try {
    const known = knownSeeds().map(String);
    const ofKnown = parts(known.length, MOST_SEEDS).map(
      (_, index): Play => ["play-known.ts", ...known.slice(index * MOST_SEEDS, (index + 1) * MOST_SEEDS)],
    );
    const further = parts(steps, MOST_STEPS).map(
      (size, index): Play => [
        "../main.ts",
        ...["--seed", `${seed + index * SEEDS_APART}`, "--steps", `${size}`, "--all", "--days"],
      ],
    );
    const problems = await playAll([...ofKnown, ...further], folder);
    for (const problem of problems) console.log(problem);
    if (problems.length > 0) return 1;
    const counted = await Promise.all(
      readdirSync(folder).map((name) => branchesOfScripts(scriptsIn(join(folder, name)))),
    );
    const branches = takenByAny(counted);
    return report(branches.length, countBranches(branches, EXCEPTIONS));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Plays the known seeds and those of `steps` steps from `seed` on, and writes down which of them are worth knowing. */
export async function searchSeeds(seed: number, steps: number): Promise<number> {
  const known = knownSeeds();
  const cores = availableParallelism();
  const takes: Take[] = [];
  const plays = Array.from({ length: cores }, async (_, index) => {
    const folder = mkdtempSync(join(tmpdir(), "upgrade-halt-coverage-"));
    const own = known.filter((_, place) => place % cores === index);
    const options = [Math.ceil(steps / cores), seed + index * SEEDS_APART, ...own].map(String);
    try {
      return await play(["play-each.ts", ...options], folder, (line) => takes.push(JSON.parse(line)));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  const problems = (await Promise.all(plays)).flat();
  for (const problem of problems) console.log(problem);
  const seeds = seedsFor(takes);
  writeFileSync(KNOWN_SEEDS, `${JSON.stringify(seeds)}\n`);
  console.log(`${seeds.length} seeds of ${takes.length} take every branch that any of them took`);
  return problems.length === 0 ? 0 : 1;
}

function knownSeeds(): readonly number[] {
  return JSON.parse(readFileSync(KNOWN_SEEDS, "utf8"));
}

/** So many parts of at most this size, each of about the same. */
function parts(all: number, most: number): readonly number[] {
  const count = Math.ceil(all / most);
  return Array.from({ length: count }, () => Math.ceil(all / count));
}

/** What went wrong, if anything did: then no further one is begun. */
async function playAll(plays: readonly Play[], folder: string): Promise<readonly string[]> {
  const waiting = [...plays];
  const problems: string[] = [];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined && problems.length === 0; next = waiting.shift())
      problems.push(...(await play(next, folder, console.log)));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return problems;
}

/** Plays in a process of its own. What went wrong with it, if anything did. */
async function play(
  [script, ...options]: Play,
  folder: string,
  onLine: (line: string) => void,
): Promise<readonly string[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...options], {
    env: { ...process.env, NODE_V8_COVERAGE: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  createInterface(child.stdout).on("line", onLine);
  const [code, signal] = await once(child, "close");
  return code === 0 ? [] : [`${script} ${options.join(" ")} ended with ${signal ?? code}`];
}

function scriptsIn(path: string): readonly Profiler.ScriptCoverage[] {
  return JSON.parse(readFileSync(path, "utf8")).result;
}

/** Says what was counted. Returns the exit code. */
function report(all: number, { taken, excepted, open, stale }: BranchCount): number {
  for (const [where, begin] of stale) console.log(`excepted, and not there or taken: ${where}  ${begin}`);
  for (const { file, line, text } of open) console.log(`never taken: ${file}:${line}  ${text.slice(0, 160)}`);
  const share = ((100 * taken) / all).toFixed(1);
  console.log(
    `${taken} of ${all} branches and functions taken (${share} %), ${excepted.length} excepted by name, ${open.length} missing`,
  );
  return open.length + stale.length === 0 ? 0 : 1;
}
