import { setTimeout as delay } from "node:timers/promises";

/** True after the time, false as soon as `signal` aborts. */
export function sleepUnless(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return delay(milliseconds, true, { signal }).catch(() => false);
}
