import { once } from "node:events";
import { createServer } from "node:net";

/**
 * A loopback TCP port that was free a moment ago, for programs that can't be told to take any and say which.
 * Another process may take it first: its user must fail clearly when it is gone.
 */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error(`no TCP address: ${address}`);
  server.close();
  await once(server, "close");
  return address.port;
}
