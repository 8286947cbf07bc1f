/** What a timeline shows, in milliseconds since the epoch. */
export interface Scale {
  readonly start: number;
  readonly end: number;
}

const SHORTEST_MS = 10_000;
/** The line grows by this share of itself: nothing on it moves in between. */
const STEPS = 8;

/** The scale from a start to now, or a little further. */
export function scaleOf(start: number, now: number): Scale {
  const length = Math.max(now - start, SHORTEST_MS);
  const step = 2 ** Math.floor(Math.log2(length)) / STEPS;
  return { start, end: start + (length === SHORTEST_MS ? length : Math.ceil(length / step) * step) };
}

/** Where a time is on the line, in percent. */
export function leftOf({ start, end }: Scale, at: string): string {
  return `${Math.min(100, Math.max(0, ((Date.parse(at) - start) / (end - start)) * 100))}%`;
}
