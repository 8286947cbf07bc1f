import type { ListedPlan } from "../evidence.ts";
import { readStatus, sightingOf } from "../status/read-status.ts";
import type { StatusLimits } from "../status/status-result.ts";
import type { Verdict } from "../verdict.ts";
import { judgeReading, type Memory } from "./memory.ts";
import { pause } from "./pause.ts";
import { isNearPlan, nextWait } from "./schedule.ts";
import { verdictKey } from "./verdict-key.ts";

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

/**
 * Reads a node again and again and yields each change of its verdict, the first verdict among them. A halt latches. A
 * reader that is slow misses what came and went meanwhile, never what is: the node is read anew when it asks. Ends
 * when `signal` aborts or the reader leaves; an unreachable node is a verdict and no error.
 */
export async function* watchNode(
  url: string,
  options: WatchOptions = {},
): AsyncGenerator<NodeChange, void, void> {
  // Thousands of watchers may share one signal, and a listener costs it as much as it has listeners: one for each.
  const over = new AbortController();
  const end = () => over.abort();
  const { signal } = options;
  if (signal?.aborted === true) return;
  signal?.addEventListener("abort", end);
  try {
    yield* readAgainAndAgain(url, options, over.signal);
  } finally {
    signal?.removeEventListener("abort", end);
  }
}

async function* readAgainAndAgain(
  url: string,
  options: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<NodeChange, void, void> {
  const { intervalMs = 1_000, maxIntervalMs = 30_000, listed = [], random = Math.random } = options;
  const limits = { ...options.limits, signal };
  let memory: Memory = { lastSeen: {}, believed: undefined };
  let failures = 0;
  let shown: string | undefined;
  let readBefore = false;
  await pause((options.startWithinMs ?? 0) * random(), signal);
  for (;;) {
    const result = await readStatus(url, limits);
    if (result.kind === "aborted") return;
    const readAt = performance.now();
    const status = sightingOf(result);
    const judged = judgeReading(memory, status, listed);
    memory = judged.memory;
    failures = status.kind === "silent" ? failures + 1 : 0;
    const key = keyOf(judged.verdict, options);
    if (key !== shown) {
      shown = key;
      yield { url, at: status.at, verdict: judged.verdict };
    }
    const nearPlan = isNearPlan(memory.lastSeen.height, listed);
    // The first wait is anything up to the interval, so that nodes watched from one moment on spread out.
    const wait = readBefore
      ? nextWait({ intervalMs, maxIntervalMs }, { failures, nearPlan }, random())
      : intervalMs * random();
    readBefore = true;
    await pause(Math.max(readAt + wait - performance.now(), 0), signal);
  }
}

function keyOf(verdict: Verdict, { heights }: WatchOptions): string {
  const key = verdictKey(verdict);
  return heights === true && verdict.kind === "running" ? `${key} ${verdict.height}` : key;
}
