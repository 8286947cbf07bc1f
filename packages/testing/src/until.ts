import { setTimeout as delay } from "node:timers/promises";

export interface WaitOptions {
  /** Milliseconds between two looks; longer where looking itself would be in the way of what is timed. */
  readonly every?: number;
  /** Milliseconds from now until the wait gives up. */
  readonly within?: number | undefined;
  /** More to say when it gives up, such as the end of a program's log. */
  readonly explain?: () => string | Promise<string>;
  readonly signal?: AbortSignal;
}

/**
 * Looks until `probe` answers something other than `undefined`, `null` or `false`, and resolves to that. `what` is what
 * is waited for, as the error names it: "pod sei-0 to be ready".
 *
 * An error of the probe counts as "not yet"; the last one is the cause of the error at the deadline (90 s unless said: machines are loaded).
 * A probe that never settles can't outlast the deadline either. The last look is at the deadline.
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  { every = 20, within = 90_000, explain, signal }: WaitOptions = {},
): Promise<T> {
  const deadline = performance.now() + within;
  let cause: unknown;
  for (let isLast = false; ; ) {
    signal?.throwIfAborted();
    try {
      const answer = await withDeadline(Promise.resolve(probe()), deadline - performance.now());
      if (answer !== undefined && answer !== null && answer !== false) return answer;
    } catch (error) {
      cause = error;
    }
    if (isLast) break;
    const left = Math.max(0, deadline - performance.now());
    isLast = left <= every;
    await delay(Math.min(every, left));
  }
  const more = explain ? `\n${await explain()}` : "";
  throw new Error(`waited ${within} ms for ${what}, in vain${more}`, { cause });
}

async function withDeadline<T>(answer: Promise<T>, milliseconds: number): Promise<T | undefined> {
  const over = new AbortController();
  try {
    return await Promise.race([answer, delay(milliseconds, undefined, { signal: over.signal })]);
  } finally {
    over.abort();
  }
}
