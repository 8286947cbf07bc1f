/** Exponential back-off: `baseMs * 2^failures`, at most `maxMs`. */
export interface BackoffOptions {
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * How long to wait after `failures` failures in a row (1 is the first), with half of it random so that many that
 * failed at once don't come back at once. `random` is in [0, 1).
 */
export function backoffMs(
  failures: number,
  { baseMs, maxMs }: BackoffOptions,
  random = Math.random(),
): number {
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(Math.max(failures - 1, 0), 30));
  return full / 2 + (full / 2) * random;
}
