import type { ListedPlan } from "../evidence.ts";

/** When to read a node again. All times in ms. */
export interface Pace {
  readonly intervalMs: number;
  /** Longest wait between readings of a node that does not answer. */
  readonly maxIntervalMs: number;
}

/** What the next wait depends on. */
export interface Progress {
  /** Readings without an answer since the last one with. */
  readonly failures: number;
  readonly nearPlan: boolean;
}

/** How far before a listed height a node is near it: some 40 s of Sei's blocks. */
const NEAR_BLOCKS = 100;
const MIN_INTERVAL_MS = 100;
/**
 * Waits differ by up to 8 % either way, so that thousands of nodes are not read in step. With 10 %, the last halt of ten thousand nodes
 * that are read each second was seen after 1.21 s: to such a wait come half a tick and the answers that are taken first.
 */
const JITTER = 0.08;

/** The next wait: doubled with every failure, a quarter near a listed plan. `random` is in [0, 1). */
export function nextWait(
  { intervalMs, maxIntervalMs }: Pace,
  { failures, nearPlan }: Progress,
  random: number,
): number {
  const doubled = Math.min(intervalMs * 2 ** Math.min(failures, 30), Math.max(maxIntervalMs, intervalMs));
  const base =
    failures === 0 && nearPlan ? Math.max(intervalMs / 4, Math.min(MIN_INTERVAL_MS, intervalMs)) : doubled;
  return base * (1 - JITTER + 2 * JITTER * random);
}

/** Whether a listed plan's height is close ahead. */
export function isNearPlan(height: number | undefined, listed: readonly ListedPlan[]): boolean {
  if (height === undefined) return false;
  return listed.some(
    (plan) => plan.height !== undefined && plan.height > height && plan.height - height <= NEAR_BLOCKS,
  );
}
