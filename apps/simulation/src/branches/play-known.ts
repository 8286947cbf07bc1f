/** Plays the clusters of these seeds one after the other, and says of each how many steps it took and what it broke: a line of JSON. */
import { playEpisode } from "../episode/episode.ts";

Error.stackTraceLimit = 0;

export interface Played {
  readonly seed: number;
  readonly steps: number;
  /** Which invariant was broken, and by what. */
  readonly broken?: string | undefined;
}

for (const seed of process.argv.slice(2).map(Number)) {
  const { steps, broken } = await playEpisode({ seed });
  console.log(JSON.stringify({ seed, steps, broken } satisfies Played));
  if (broken !== undefined) process.exitCode = 1;
}
