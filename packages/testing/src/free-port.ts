import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Systems give their clients ports above these by themselves: one that was free a moment ago may be such a client's next. */
const [LOWEST, HIGHEST] = [15_000, 32_000];
const given = new Set<number>();

/**
 * A loopback TCP port that was free a moment ago, for programs that can't be told to take any and say which. It is given
 * once by a process, and by no system to a client.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
