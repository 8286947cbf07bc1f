import { lookup } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";

const TIMEOUT_MS = 2_000;

/** Resolves when the host has an address by the system's resolver, and rejects when it has none within two seconds. */
export async function resolveHost(host: string): Promise<void> {
  const done = new AbortController();
  const late = sleep(TIMEOUT_MS, undefined, { signal: done.signal }).then(() => {
    throw Object.assign(new Error(`no address of ${host} in ${TIMEOUT_MS} ms`), { code: "ETIMEDOUT" });
  });
  try {
    await Promise.race([lookup(host), late]);
  } finally {
    late.catch(() => {});
    done.abort();
  }
}
