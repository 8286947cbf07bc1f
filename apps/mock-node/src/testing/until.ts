import { setTimeout as delay } from "node:timers/promises";

/** Long, for machines that have more to do than these tests. */
const PATIENCE_MS = 60_000;

/** Asks again and again until `probe` gives something, and resolves to it. Rejects after a minute. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await delay(5);
  }
}
