/** What decides how soon a node's `/status` is read again. */
export interface PollPace {
  readonly height?: number | undefined;
  readonly msPerBlock?: number | undefined;
  readonly expectedHeights: readonly number[];
  /** Readings in a row that brought no status. */
  readonly failures: number;
  readonly urgent: boolean;
}

/** Fast enough that a halt in stay-alive mode is seen about as soon as cosmovisor (300 ms) would see one. */
export const FAST_MS = 250;
export const SLOW_MS = 5_000;
/** Milliseconds until the next reading: fast when a halt is near or somebody waits, slow in between. */
export function pollInterval({ height, msPerBlock, expectedHeights, failures, urgent }: PollPace): number {
  if (failures > 0) return Math.min(FAST_MS * 2 ** Math.min(failures - 1, 6), urgent ? 1_000 : SLOW_MS);
  if (urgent) return FAST_MS;
  if (height === undefined) return SLOW_MS;
  const next = Math.min(...expectedHeights.filter((expected) => expected >= height));
  if (next === Number.POSITIVE_INFINITY) return SLOW_MS;
  if (msPerBlock === undefined) return FAST_MS;
  const left = (next - height) * msPerBlock;
  return Math.min(Math.max(left / 2, FAST_MS), SLOW_MS);
}
