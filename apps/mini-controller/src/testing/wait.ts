import { setTimeout as sleep } from "node:timers/promises";

/** Waits until `condition` gives something truthy; rejects with `what` after `withinMs`. */
export async function until<T>(
  what: string,
  condition: () => T | undefined | false,
  withinMs = 10_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`timed out waiting for ${what}`);
    await sleep(5);
  }
}
