import type { ListedPlan } from "../evidence.ts";
import type { StatusLimits } from "../status/status-result.ts";
import type { Verdict } from "../verdict.ts";

/** How `watchNode` reads a node. */
export interface WatchOptions {
  /** Usual time between two readings, in ms. Default 1,000. */
  readonly intervalMs?: number | undefined;
  /** Longest time between two readings of a node that does not answer, in ms. Default 30,000. */
  readonly maxIntervalMs?: number | undefined;
  /** The first reading comes within this time, in ms: spread out thousands of nodes. Default 0, at once. */
  readonly startWithinMs?: number | undefined;
  /** Plans to expect: they corroborate, and near one the node is read four times as often. */
  readonly listed?: readonly ListedPlan[] | undefined;
  /** Also yields when only the height of a running node changed. */
  readonly heights?: boolean | undefined;
  /** Ends the iteration. */
  readonly signal?: AbortSignal | undefined;
  /** Bounds on each reading. */
  readonly limits?: Omit<StatusLimits, "signal"> | undefined;
  /** Jitter's source, in [0, 1). */
  readonly random?: (() => number) | undefined;
}

/** A node whose verdict changed. */
export interface NodeChange {
  readonly url: string;
  /** When it was read, in ms since the epoch. */
  readonly at: number;
  readonly verdict: Verdict;
}
