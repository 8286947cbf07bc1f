/**
 * Waits end together with those of every other watcher of the process that are due at nearly the same time. A process
 * that wakes for each of a thousand requests a second, and again for each answer, spends more of its time on waking up
 * and on caches that went cold than on what it woke up for.
 */
const TICK_MS = 50;
/** Longest wait that a timer can keep, in ms: 24 days. */
const LONGEST_MS = 2 ** 31 - 1 - TICK_MS;
/** Shorter waits would move by too much of themselves, and end when they are due. */
const SHORTEST_MS = 4 * TICK_MS;

interface Tick {
  readonly calls: Set<() => void>;
  readonly timer: NodeJS.Timeout;
}

const ticks = new Map<number, Tick>();

/** Calls back after `ms`, half a tick sooner or later. The answer cancels that and leaves no timer behind. */
export function callAfter(ms: number, call: () => void): () => void {
  if (ms < SHORTEST_MS) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  }
  const now = performance.now();
  const due = Math.round((now + Math.min(ms, LONGEST_MS)) / TICK_MS);
  const tick = ticks.get(due) ?? startTick(due, due * TICK_MS - now);
  tick.calls.add(call);
  return () => {
    if (!tick.calls.delete(call) || tick.calls.size > 0) return;
    clearTimeout(tick.timer);
    ticks.delete(due);
  };
}

function startTick(due: number, ms: number): Tick {
  const calls = new Set<() => void>();
  const timer = setTimeout(() => {
    ticks.delete(due);
    for (const call of calls) call();
  }, ms);
  const tick = { calls, timer };
  ticks.set(due, tick);
  return tick;
}
