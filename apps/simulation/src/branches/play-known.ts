/** Plays the clusters of these seeds one after the other. */
import { playEpisode } from "../episode/episode.ts";

Error.stackTraceLimit = 0;

for (const seed of process.argv.slice(2).map(Number)) {
  const { broken } = await playEpisode({ seed });
  if (broken === undefined) continue;
  console.log(`seed ${seed} broke ${broken}`);
  process.exitCode = 1;
}
