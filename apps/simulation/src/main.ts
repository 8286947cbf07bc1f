/** `pnpm run simulate`: plays episodes one after the other, and stops at the first that breaks an invariant. */
import { playCampaign } from "@upgrade-halt/testing";
import { playEpisode } from "./episode.ts";
import { killMutants } from "./kill-mutants.ts";
import { measureCoverage } from "./measure-coverage.ts";
import { MUTANTS } from "./mutants.ts";
import { describeStory, shrink } from "./shrink.ts";

// Errors are part of the play here, and traces of ten thousand a second would be most of its time.
Error.stackTraceLimit = 0;

const USAGE = {
  command: "simulate",
  does: "plays the controller in simulated clusters and checks what must never happen",
  size: "steps",
  defaultSize: 1_000_000,
  switches: {
    mutants: `takes each of ${MUTANTS.length} fixes out, one at a time, and sees it found`,
    all: "goes on after a seed that broke something, and looks for no shorter story",
    coverage: "says which branches of the code that decides and acts are never taken",
  },
};

await playCampaign(USAGE, async ({ seed, size, switches }) => {
  if (switches.has("mutants")) return await killMutants(seed, size);
  return switches.has("coverage")
    ? measureCoverage(seed, size)
    : await simulate(seed, size, switches.has("all"));
});

async function simulate(firstSeed: number, most: number, goesOn: boolean): Promise<number> {
  const began = process.hrtime.bigint();
  const total = { steps: 0, virtualMs: 0, acts: 0, recovered: 0, episodes: 0, broken: 0 };
  console.log(`playing ${most} steps, --seed ${firstSeed}`);
  for (let seed = firstSeed; total.steps < most; seed += 1) {
    const result = await playEpisode({ seed });
    total.steps += result.steps;
    total.virtualMs += result.virtualMs;
    total.acts += result.acts;
    total.recovered += result.recovered;
    total.episodes += 1;
    if (result.broken === undefined) continue;
    total.broken += 1;
    if (goesOn) {
      console.log(`seed ${seed} broke ${result.broken}`);
      continue;
    }
    console.log(`seed ${seed} broke ${result.broken}; looking for a shorter story`);
    console.log(describeStory(await shrink(result)));
    console.log(`replay it: simulate --seed ${seed} --steps 1`);
    return 1;
  }
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const hours = total.virtualMs / 3_600_000;
  console.log(
    `${total.broken || "nothing"} broken in ${total.steps} steps of ${total.episodes} episodes: ${total.acts} acts, ${total.recovered} recoveries`,
  );
  console.log(
    `${Math.round(total.steps / seconds)} steps a second, ${Math.round(hours / (seconds / 60))} hours of cluster time a minute`,
  );
  return total.broken === 0 ? 0 : 1;
}
