/** In [0, 1): which pod, which plan, which release, how long. */
export type Dice = readonly [number, number, number];

/** The choice that a die falls on; `undefined` where there is none. */
export function pick<T>(choices: readonly T[], die: number): T | undefined {
  return choices[Math.floor(die * choices.length)];
}
