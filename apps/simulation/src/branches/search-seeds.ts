import { planOf } from "../episode/episode.ts";
import { byPlace } from "./branches.ts";
import { branchesIn, inFolder, onEachCore, play } from "./counted-play.ts";
import { knownSeeds, remember } from "./known-seeds.ts";
import type { Played } from "./play-known.ts";
import { seedsFor, type Take } from "./seeds-for.ts";

/** Plays the known seeds and those of `steps` steps from `seed` on, each in a process of its own, and writes down which are worth knowing. */
export async function searchSeeds(seed: number, steps: number): Promise<number> {
  const takes: Take[] = [];
  let played = 0;
  const seeds = seedsFrom(knownSeeds(), seed, () => played < steps);
  await onEachCore(async () => {
    for (const next of seeds) {
      const take = await inFolder((folder) => takeOf(next, folder));
      if (take === undefined) continue;
      takes.push(take);
      played += take.steps;
    }
  });
  const kept = seedsFor(takes);
  remember(kept);
  console.log(`${kept.length} seeds of ${takes.length} take every branch that any of them took`);
  return 0;
}

/** The known seeds, and then all from `first` on that have no night, for as long as more is wanted. */
function* seedsFrom(known: readonly number[], first: number, isWanted: () => boolean): Generator<number> {
  yield* known;
  for (let seed = first; isWanted(); seed += 1) if (!planOf(seed).hasNight) yield seed;
}

/** What the cluster of a seed took; `undefined` of one that broke something. */
async function takeOf(seed: number, folder: string): Promise<Take | undefined> {
  const { text, problem } = await play(["play-known.ts", `${seed}`], folder);
  console.log(text);
  if (problem !== undefined) return undefined;
  const { steps }: Played = JSON.parse(text);
  const places = [...byPlace((await branchesIn(folder)).flat())];
  return { seed, steps, taken: places.flatMap(([place, { isTaken }]) => (isTaken ? place : [])) };
}
