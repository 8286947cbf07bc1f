import { type BranchCount, countBranches } from "./branch-count.ts";
import { takenByAny } from "./branches.ts";
import { branchesIn, inFolder, onEachCore, type Play, play } from "./counted-play.ts";
import { EXCEPTIONS } from "./coverage-exceptions.ts";
import { knownSeeds } from "./known-seeds.ts";

/** From the first seed of one process to that of the next: more than any of them plays. */
const SEEDS_APART = 10_000_000;

/** As many as one process plays: its memory grows with them. */
const MOST_STEPS = 2_500_000;
/** The same of the known seeds. */
const MOST_SEEDS = 25;

/**
 * Plays the known seeds and then `steps` steps from `seed` on, in as many processes at a time as there are cores, and says which branches
 * none of them took. Resolves to the exit code. V8 writes down what it counted as a process ends by itself: of one that was killed nothing
 * is known, and no branch is named for it. A seed that broke something fails the run, and counts.
 */
export async function measureCoverage(seed: number, steps: number): Promise<number> {
  return await inFolder(async (folder) => {
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
    const plays = [...ofKnown, ...further].values();
    const problems: string[] = [];
    let isWhole = true;
    await onEachCore(async () => {
      for (const next of plays) {
        const { text, problem, isCounted } = await play(next, folder);
        console.log(text);
        if (problem !== undefined) problems.push(problem);
        isWhole &&= isCounted;
        if (!isWhole) return;
      }
    });
    if (isWhole) {
      const branches = takenByAny(await branchesIn(folder));
      const count = countBranches(branches, EXCEPTIONS);
      report(branches.length, count);
      if (count.open.length + count.stale.length > 0) problems.push("each branch is to be taken or excepted");
    }
    for (const problem of problems) console.log(problem);
    return problems.length === 0 ? 0 : 1;
  });
}

/** So many parts of at most this size, each of about the same. */
function parts(all: number, most: number): readonly number[] {
  const count = Math.ceil(all / most);
  return Array.from({ length: count }, () => Math.ceil(all / count));
}

/** Says what was counted. */
function report(all: number, { taken, excepted, open, stale }: BranchCount): void {
  for (const [where, begin] of stale) console.log(`excepted, and not there or taken: ${where}  ${begin}`);
  for (const { file, line, text } of open) console.log(`never taken: ${file}:${line}  ${text.slice(0, 160)}`);
  const share = ((100 * taken) / all).toFixed(1);
  console.log(
    `${taken} of ${all} branches and functions taken (${share} %), ${excepted.length} excepted by name, ${open.length} missing`,
  );
}
