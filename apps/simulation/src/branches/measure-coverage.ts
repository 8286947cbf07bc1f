import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import type { Profiler } from "node:inspector";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "acorn";
import { convert } from "ast-v8-to-istanbul";
import { type Branch, branchesOf, takenByAny } from "./branches.ts";
import { EXCEPTIONS } from "./coverage-exceptions.ts";

/** The part of the controller that decides and acts. */
const DECIDES_AND_ACTS =
  /\/mini-controller\/dist\/((?:act|decide|detect|journal|judge|model|observe|workloads)\/.*|node-reconciler)\.js$/;

/** From the first seed of one process to that of the next: more than any of them plays. */
const SEEDS_APART = 10_000_000;

/**
 * Plays `steps` steps, in one process for each core, and says which branches none of them took. Resolves to the exit code. V8 writes
 * down what it counted as a process ends by itself: of one that was killed nothing is known, and no branch is named for it.
 */
export async function measureCoverage(seed: number, steps: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "upgrade-halt-coverage-"));
  try {
    const cores = availableParallelism();
    const own = Math.ceil(steps / cores);
    const plays = Array.from({ length: cores }, (_, index) => play(seed + index * SEEDS_APART, own, folder));
    const problems = (await Promise.all(plays)).flat();
    for (const problem of problems) console.log(problem);
    if (problems.length > 0) return 1;
    const scripts = readdirSync(folder).flatMap(
      (name): readonly Profiler.ScriptCoverage[] =>
        JSON.parse(readFileSync(join(folder, name), "utf8")).result,
    );
    const counted = Map.groupBy(
      scripts.filter(({ url }) => DECIDES_AND_ACTS.test(url)),
      ({ url }) => url,
    );
    const branches = (await Promise.all([...counted.values()].map(branchesOfScript))).flat();
    return report(branches) === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Plays in a process of its own. What went wrong with it, if anything did. */
async function play(seed: number, steps: number, folder: string): Promise<readonly string[]> {
  const options = ["--seed", String(seed), "--steps", String(steps), "--all", "--days"];
  const child = spawn(process.execPath, [join(import.meta.dirname, "../main.ts"), ...options], {
    env: { ...process.env, NODE_V8_COVERAGE: folder },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code, signal] = await once(child, "close");
  return code === 0 ? [] : [`the process from seed ${seed} on ended with ${signal ?? code}`];
}

/** In the TypeScript that a script was built from, taken in any of the processes that counted. */
async function branchesOfScript(counted: readonly Profiler.ScriptCoverage[]): Promise<readonly Branch[]> {
  return takenByAny(await Promise.all(counted.map(branchesOfOne)));
}

async function branchesOfOne(coverage: Profiler.ScriptCoverage): Promise<readonly Branch[]> {
  const built = fileURLToPath(coverage.url);
  const code = readFileSync(built, "utf8");
  const ast = parse(code, { ecmaVersion: "latest", sourceType: "module", locations: true });
  const sourceMap = JSON.parse(readFileSync(`${built}.map`, "utf8"));
  const covered = await convert({ code, ast, coverage, sourceMap, wrapperLength: 0 });
  return Object.values(covered).flatMap((file) => branchesOf(file, readFileSync(file.path, "utf8")));
}

/** How many branches were never taken and are excepted by no name, or are excepted and not there. */
function report(branches: readonly Branch[]): number {
  const open = branches.filter(({ isTaken }) => !isTaken);
  const excepted = EXCEPTIONS.flatMap((exception) => exception.branches);
  const isExcepted = ({ file, text }: Branch) =>
    excepted.some(([where, begin]) => (where === "*" || where === file) && text.startsWith(begin));
  const missing = open.filter((branch) => !isExcepted(branch));
  const stale = excepted.filter(
    ([where, begin]) =>
      !branches.some(({ file, text }) => (where === "*" || where === file) && text.startsWith(begin)),
  );
  for (const [where, begin] of stale) console.log(`excepted, and not there: ${where}  ${begin}`);
  for (const { file, line, text } of missing)
    console.log(`never taken: ${file}:${line}  ${text.slice(0, 160)}`);
  const taken = branches.length - open.length;
  const share = ((100 * taken) / branches.length).toFixed(1);
  console.log(
    `${taken} of ${branches.length} branches and functions taken (${share} %), ${open.length - missing.length} excepted by name, ${missing.length} missing`,
  );
  return missing.length + stale.length;
}
