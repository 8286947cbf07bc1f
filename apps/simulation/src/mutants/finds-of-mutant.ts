import type { Find, Play } from "./play-mutant.ts";

/** What a process of its own found, and what it wrote to standard error. */
export interface Played {
  readonly finds: readonly Find[];
  readonly problem: string;
}

/**
 * The seeds that break an invariant under a mutant, and none with all fixes in: what is broken then, too, tells nothing of the mutant, and
 * the search goes on after it with the steps that are left.
 */
export async function findsOfMutant(play: Play, playApart: (play: Play) => Promise<Played>): Promise<Played> {
  const finds: Find[] = [];
  let left = play;
  for (;;) {
    const found = await playApart(left);
    const seeds = found.finds.map(({ seed }) => seed);
    const always = await playApart({ name: null, seeds, from: 0, steps: 0, wanted: seeds.length });
    const isAlways = (seed: number) => always.finds.some((find) => find.seed === seed);
    finds.push(...found.finds.filter(({ seed }) => !isAlways(seed)));
    const last = found.finds.at(-1);
    const steps = left.steps - (last?.played ?? left.steps);
    if (last === undefined || finds.length >= play.wanted || steps <= 0)
      return { finds, problem: found.problem };
    left = { ...play, seeds: [], from: last.seed + 1, steps, wanted: play.wanted - finds.length };
  }
}
