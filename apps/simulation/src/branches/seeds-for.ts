/** A seed, and the branches that its cluster took: each by its file and its number there. */
export interface Take {
  readonly seed: number;
  readonly steps: number;
  readonly taken: readonly string[];
}

/** Of the seeds that take a branch so many are kept: should a change spoil one, another may still do. */
const KEPT = 2;

/** Seeds of few steps in all that take every branch which was taken, in the order of what they bring (greedy set cover, after Chvátal). */
export function seedsFor(takes: readonly Take[]): readonly number[] {
  const wanted = new Map<string, number>();
  for (const branch of takes.flatMap(({ taken }) => taken))
    wanted.set(branch, Math.min(KEPT, (wanted.get(branch) ?? 0) + 1));
  const left = new Set(takes);
  const seeds: number[] = [];
  while (wanted.size > 0) {
    const gain = ({ taken, steps }: Take) => taken.filter((branch) => wanted.has(branch)).length / steps;
    const best = [...left]
      .map((take) => ({ take, gain: gain(take) }))
      .reduce((a, b) => (b.gain > a.gain ? b : a));
    left.delete(best.take);
    seeds.push(best.take.seed);
    for (const branch of best.take.taken) {
      const more = (wanted.get(branch) ?? 0) - 1;
      if (more > 0) wanted.set(branch, more);
      else wanted.delete(branch);
    }
  }
  return seeds;
}
