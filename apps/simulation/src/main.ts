/** `pnpm run simulate`: plays episodes one after the other, and stops at the first that breaks an invariant. */
import { runSeeded } from "@upgrade-halt/testing";
import { measureCoverage } from "./branches/measure-coverage.ts";
import { searchSeeds } from "./branches/search-seeds.ts";
import { planOf, playEpisode } from "./episode/episode.ts";
import { describeRun, invariantOf, shrink } from "./episode/shrink.ts";
import { INVARIANTS } from "./invariants/invariants.ts";
import { killMutants } from "./mutants/kill-mutants.ts";
import { MUTANTS } from "./mutants/mutants.ts";
import { report } from "./report.ts";

// Errors are part of the play here, and traces of ten thousand a second would be most of its time.
Error.stackTraceLimit = 0;

/** Of all steps so many are those of clusters with a night, where days are asked for: most of a night is the same again and again. */
const SHARE_OF_NIGHTS = 0.1;

const USAGE = {
  command: "simulate",
  does: "plays the controller in simulated clusters and checks what must never happen",
  size: "steps",
  defaultSize: 1_000_000,
  switches: {
    mutants: `takes each of ${MUTANTS.length} fixes out, one at a time, and sees it found`,
    search:
      "with --mutants or --coverage: looks for seeds that find each soon, or that take every branch, and writes them down",
    all: "goes on after a seed that broke something, and looks for no shorter run",
    coverage: "says which branches of the code that decides and acts are never taken",
    days: "leaves out clusters with a night while those have had a tenth of the steps",
  },
};

await runSeeded(USAGE, async ({ seed, size, switches }) => {
  if (switches.has("mutants"))
    return await killMutants({ seed, steps: size, searches: switches.has("search") });
  return switches.has("coverage")
    ? await (switches.has("search") ? searchSeeds(seed, size) : measureCoverage(seed, size))
    : await simulate(seed, size, { goesOn: switches.has("all"), isForDays: switches.has("days") });
});

interface HowToPlay {
  readonly goesOn: boolean;
  readonly isForDays: boolean;
}

async function simulate(firstSeed: number, most: number, { goesOn, isForDays }: HowToPlay): Promise<number> {
  const total = { steps: 0, nightSteps: 0, virtualMs: 0, acts: 0, recovered: 0, episodes: 0 };
  const broken = new Set<string>();
  let failures = 0;
  console.log(`playing ${most} steps, --seed ${firstSeed}`);
  for (let seed = firstSeed; total.steps < most; seed += 1) {
    const { hasNight } = planOf(seed);
    if (isForDays && hasNight && total.nightSteps >= total.steps * SHARE_OF_NIGHTS) continue;
    const result = await playEpisode({ seed });
    total.steps += result.steps;
    if (hasNight) total.nightSteps += result.steps;
    total.virtualMs += result.virtualMs;
    total.acts += result.acts;
    total.recovered += result.recovered;
    total.episodes += 1;
    if (result.broken === undefined) continue;
    failures += 1;
    broken.add(invariantOf(result) ?? "");
    console.log(`seed ${seed} broke ${result.broken}`);
    if (goesOn) continue;
    console.log("looking for a shorter run");
    console.log(describeRun(await shrink(result)));
    console.log(`replay it: simulate --seed ${seed} --steps 1`);
    break;
  }
  // Each invariant is one test.
  report("simulate", { passed: INVARIANTS.length - broken.size, failed: broken.size });
  const { steps, episodes, acts, recovered, virtualMs } = total;
  console.log(
    `${failures || "nothing"} broken in ${steps} steps of ${episodes} episodes: ${acts} acts, ${recovered} recoveries`,
  );
  const { user, system } = process.cpuUsage();
  const seconds = (user + system) / 1e6;
  const hours = virtualMs / 3_600_000;
  console.log(
    `${Math.round(steps / seconds)} steps a second of CPU time, ${Math.round(hours / (seconds / 60))} hours of cluster time a minute of it`,
  );
  return failures === 0 ? 0 : 1;
}
