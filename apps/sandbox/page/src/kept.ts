import { shared } from "./shared.ts";
import type { State, Told } from "./types.ts";

/** All that the page knows of a run. */
export interface Kept {
  readonly state: State | undefined;
  /** The newest events of the run, the oldest first. */
  readonly told: readonly Told[];
}

/** What came since the last frame. */
export interface News {
  readonly state: State | undefined;
  readonly told: readonly Told[];
}

/** The page is a window on a run, not its archive. */
export const MOST_TOLD = 2_000;

/** What is known after the news: whatever they leave as it was is the same object, so that it need not be drawn again. */
export function keep(before: Kept, news: News): Kept {
  const state = news.state === undefined ? before.state : shared(before.state, news.state);
  if (news.told.length === 0) return { state, told: before.told };
  const run = runOf(news.told.at(-1));
  const last = before.told.at(-1);
  const known = last !== undefined && runOf(last) === run ? before.told : [];
  const seen = new Set(news.told.map(({ id }) => id));
  const rest = known.some(({ id }) => seen.has(id)) ? known.filter(({ id }) => !seen.has(id)) : known;
  const added = news.told.filter((one) => runOf(one) === run);
  return { state, told: [...rest, ...added].slice(-MOST_TOLD) };
}

/** The run that an event belongs to: its id is such as `3-17`. */
export function runOf(told: Told | undefined): string {
  return told?.id.split("-")[0] ?? "";
}
