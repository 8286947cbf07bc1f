/**
 * Many nodes in one process, each on its own loopback address: `nodes.ts COUNT QUIET_MS SECONDS`. Tells its parent the
 * port, and then when each node halted: spread over the middle of the time that follows the quiet one. Answers are bytes made
 * before, without an HTTP server: asking 10,000 nodes a second must leave a machine of two cores to who asks.
 */
import { type AddressInfo, createServer } from "node:net";
import { seiStatus } from "./samples.ts";

const [count = 0, quietMs = 0, seconds = 0] = process.argv.slice(2).map(Number);
const healthy = answerOf(seiStatus(240_000_000, false));
const halted = answerOf(seiStatus(240_000_000, true));
const haltedAt = new Map<string, number>();

const server = createServer({ noDelay: true }, (socket) => {
  const address = socket.localAddress ?? "";
  // Who asks sends no body, and asks again once it is answered: what ends with an empty line is one request.
  socket.on("data", (chunk) => {
    if (chunk.toString("latin1", chunk.length - 4) === "\r\n\r\n")
      socket.write(haltedAt.has(address) ? halted : healthy);
  });
  socket.on("error", () => socket.destroy());
});
server.listen({ port: 0, host: "0.0.0.0", backlog: 4096 }, () =>
  process.send?.({ port: (server.address() as AddressInfo).port }),
);

for (let i = 0; i < count; i += 1) {
  const after = quietMs + seconds * 1000 * (0.2 + (0.6 * i) / count);
  setTimeout(() => {
    const address = addressOf(i);
    haltedAt.set(address, Date.now());
    process.send?.({ address, at: haltedAt.get(address) });
  }, after);
}

function answerOf(status: object): Buffer {
  const body = JSON.stringify(status);
  const headers = ["content-type: application/json", `content-length: ${Buffer.byteLength(body)}`];
  return Buffer.from(
    ["HTTP/1.1 200 OK", ...headers, `date: ${new Date().toUTCString()}`, "", body].join("\r\n"),
  );
}

function addressOf(i: number): string {
  return `127.1.${Math.floor(i / 250) + 1}.${(i % 250) + 1}`;
}
