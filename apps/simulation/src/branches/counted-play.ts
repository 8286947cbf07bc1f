import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import type { Profiler } from "node:inspector";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Branch } from "./branches.ts";
import { branchesOfScripts } from "./branches-of-scripts.ts";

/** What one process plays: a script beside this one, and its command line. */
export type Play = readonly [script: string, ...options: readonly string[]];

/**
 * Plays in a process of its own, which writes into `folder` what it counted: what it said, what went wrong with it, if anything did, such
 * as a seed that broke something, and whether it counted all the same.
 * V8 writes as a process ends by itself: of one that was killed nothing is known.
 */
export async function play([script, ...options]: Play, folder: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...options], {
    env: { ...process.env, NODE_V8_COVERAGE: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said, [code, signal]] = await Promise.all([text(child.stdout), once(child, "close")]);
  const problem = code === 0 ? undefined : `${script} ${options.join(" ")} ended with ${signal ?? code}`;
  return { text: said.trim(), problem, isCounted: signal === null };
}

/** As each of the processes that wrote into a folder counted them. */
export async function branchesIn(folder: string): Promise<readonly (readonly Branch[])[]> {
  const counted: (readonly Branch[])[] = [];
  for (const name of readdirSync(folder)) {
    const { result }: Counted = JSON.parse(readFileSync(join(folder, name), "utf8"));
    counted.push(await branchesOfScripts(result));
  }
  return counted;
}

/** What V8 writes. */
interface Counted {
  readonly result: readonly Profiler.ScriptCoverage[];
}

/** Does some work with a folder that is there as long as that takes. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "upgrade-halt-coverage-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function onEachCore(work: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}
