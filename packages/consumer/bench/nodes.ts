/**
 * Many nodes in one process, each on its own loopback address: `nodes.ts COUNT QUIET_MS SECONDS`. Tells its parent the
 * port, and then when each node halted: spread over the middle of the time that follows the quiet one.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { seiStatus } from "./samples.ts";

const [count = 0, quietMs = 0, seconds = 0] = process.argv.slice(2).map(Number);
const healthy = JSON.stringify(seiStatus(240_000_000, false));
const halted = JSON.stringify(seiStatus(240_000_000, true));
const haltedAt = new Map<string, number>();

const server = createServer((request, response) => {
  const address = request.socket.localAddress ?? "";
  const body = haltedAt.has(address) ? halted : healthy;
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, "0.0.0.0", () => process.send?.({ port: (server.address() as AddressInfo).port }));

for (let i = 0; i < count; i += 1) {
  const after = quietMs + seconds * 1000 * (0.2 + (0.6 * i) / count);
  setTimeout(() => {
    const address = addressOf(i);
    haltedAt.set(address, Date.now());
    process.send?.({ address, at: haltedAt.get(address) });
  }, after);
}

function addressOf(i: number): string {
  return `127.1.${Math.floor(i / 250) + 1}.${(i % 250) + 1}`;
}
