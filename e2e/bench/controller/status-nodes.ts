/**
 * `/status` of many nodes in one process: each address of the machine's own is another node, with a node id and a validator of its
 * own, and all make a block every 400 ms. Prints `port N`. `/asked` tells how often Go and how often others asked.
 */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CHAIN_ID } from "./chain.ts";

const FIRST_HEIGHT = 1_000_000;
const BLOCK_MS = 400;

const began = performance.now();

function statusOf(address: string): string {
  const identity = createHash("sha1").update(address).digest("hex");
  const height = FIRST_HEIGHT + Math.floor((performance.now() - began) / BLOCK_MS);
  return JSON.stringify({
    node_info: { id: identity, network: CHAIN_ID, moniker: `node-${address}`, version: "0.35.0" },
    sync_info: {
      latest_block_hash: createHash("sha256").update(`${height}`).digest("hex").toUpperCase(),
      latest_block_height: String(height),
      latest_block_time: new Date().toISOString(),
      catching_up: false,
    },
    validator_info: { address: identity.toUpperCase(), voting_power: "0" },
  });
}

const asked = { go: 0, others: 0 };

const server = createServer((request, response) => {
  const isCount = request.url === "/asked";
  if (!isCount) asked[request.headers["user-agent"]?.startsWith("Go-") ? "go" : "others"] += 1;
  const body = isCount ? JSON.stringify(asked) : statusOf(request.socket.localAddress ?? "");
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
});
// As a node's own server: CometBFT closes what was idle for ten seconds.
server.keepAliveTimeout = 10_000;
server.listen(0, "0.0.0.0", 4096, () => {
  process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`);
});
