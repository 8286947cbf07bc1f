import { type EpisodeResult, playEpisode } from "./episode.ts";

/** Episodes that are played at most to make a run shorter. */
const MOST_EPISODES = 300;

/**
 * The same fault with as few events as could be found: halves, quarters and so on are left out for as long as the same
 * invariant is broken without them (delta debugging, after Zeller and Hildebrandt).
 */
export async function shrink(failed: EpisodeResult): Promise<EpisodeResult> {
  let best = failed;
  let played = 0;
  for (let parts = 2; best.events.length > 0 && played < MOST_EPISODES; ) {
    const size = Math.ceil(best.events.length / parts);
    let isShorter = false;
    for (let from = 0; from < best.events.length && played < MOST_EPISODES; from += size) {
      played += 1;
      const events = best.events.toSpliced(from, size);
      const result = await playEpisode({ seed: failed.seed, events });
      if (invariantOf(result) !== invariantOf(failed)) continue;
      best = result;
      isShorter = true;
      break;
    }
    if (isShorter) parts = Math.max(2, parts - 1);
    else if (size === 1) break;
    else parts = Math.min(best.events.length, parts * 2);
  }
  return best;
}

/** Name of the invariant that an episode broke. */
export function invariantOf({ broken }: EpisodeResult): string | undefined {
  return broken?.slice(0, broken.indexOf(":"));
}

/** Times in seconds, what people and faults did, and what came of it. */
export function describeRun({ seed, broken, transcript, events }: EpisodeResult): string {
  const invariant = broken ?? "nothing";
  const lines = withoutRepeats(
    transcript.map(({ at, text }) => `${(at / 1000).toFixed(3).padStart(10)}  ${text.slice(0, 300)}`),
  );
  const kinds = events.map(({ kind, at }) => `${kind} at ${(at / 1000).toFixed(0)} s`).join(", ") || "none";
  return [...lines, `seed ${seed} broke ${invariant}`, `events: ${kinds}`].join("\n");
}

function withoutRepeats(lines: readonly string[]): readonly string[] {
  const textOf = (line = "") => line.slice(12);
  return lines.filter((line, index) => index === 0 || textOf(line) !== textOf(lines[index - 1]));
}
