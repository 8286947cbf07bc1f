import type { Changing } from "../changes.ts";
import { SandboxError } from "../sandbox-error.ts";

/** Thrown into every wait when a scenario is to end early. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

export interface WaitOptions {
  readonly what: string;
  readonly deadlineMs: number;
  /** What there is when the wait was in vain. */
  readonly found?: () => string;
  readonly signal: AbortSignal;
}

/**
 * Resolves as soon as `condition` holds; looks again at every change of what it is given.
 * @throws SandboxError past the deadline, Interrupted when the signal aborts.
 */
export function waitFor(
  sources: readonly Changing[],
  condition: () => boolean,
  { what, deadlineMs, signal, found }: WaitOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Interrupted());
    let isDone = false;
    const finish = (settle: () => void): void => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      for (const forget of subscriptions) forget();
      settle();
    };
    const onAbort = (): void => finish(() => reject(new Interrupted()));
    const late = (): string => {
      const there = found === undefined ? "" : `; found ${found()}`;
      return `waited ${deadlineMs / 1000} s in vain for ${what}${there}`;
    };
    const timer = setTimeout(() => finish(() => reject(new SandboxError(late()))), deadlineMs);
    const look = (): void => {
      if (!isDone && condition()) finish(resolve);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    const subscriptions = sources.map((source) => source.onChange(look));
    look();
  });
}
