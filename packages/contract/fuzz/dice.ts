/** What the generators draw from: every draw comes from the one seed. */
export interface Dice {
  /** A whole number of at least 0 and less than `end`. */
  below(end: number): number;
  /** True in `share` of the draws. */
  chance(share: number): boolean;
  pick<T>(from: readonly T[]): T;
}

/** Dice over a generator of numbers in [0, 1). */
export function diceOf(random: () => number): Dice {
  const below = (end: number) => Math.floor(random() * end);
  return {
    below,
    chance: (share) => random() < share,
    pick: <T>(from: readonly T[]) => from[below(from.length)] as T,
  };
}
