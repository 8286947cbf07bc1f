import { lookup } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";

const TIMEOUT_MS = 2_000;

/** The host's addresses by the system's resolver; rejects when it has none within two seconds. */
export async function resolveHost(host: string): Promise<readonly string[]> {
  const done = new AbortController();
  const late = sleep(TIMEOUT_MS, undefined, { signal: done.signal }).then(() => {
    throw Object.assign(new Error(`no address of ${host} in ${TIMEOUT_MS} ms`), { code: "ETIMEDOUT" });
  });
  try {
    const found = await Promise.race([lookup(host, { all: true }), late]);
    return found.map(({ address }) => address);
  } finally {
    late.catch(() => {});
    done.abort();
  }
}
