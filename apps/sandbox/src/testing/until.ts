import { setTimeout as delay } from "node:timers/promises";

const DEADLINE_MS = 15_000;
const INTERVAL_MS = 10;

/** Resolves with the first value that is neither undefined nor false. @throws past the deadline. */
export async function until<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  what: string,
): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await delay(INTERVAL_MS);
  }
  throw new Error(`waited ${DEADLINE_MS / 1000} s in vain for ${what}`);
}
