import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import { HEIGHT } from "./phantom-sets.ts";

export const CHAIN_ID = "pacific-1";
/** Addresses of the nodes that halt, and of those that take their place. */
export const BEFORE = "127.0.0.2";
export const AFTER = "127.0.0.3";

/**
 * `/status` of all nodes of a chain: short of the plan's height on the address of those that will halt, past it on
 * that of their successors, both on one free port.
 */
export class Chain {
  readonly #before: Server;
  readonly #after: Server;

  private constructor(before: Server, after: Server) {
    this.#before = before;
    this.#after = after;
  }

  static async start(): Promise<Chain> {
    const before = await serve(BEFORE, 0, HEIGHT - 1);
    const chain = new Chain(before, await serve(AFTER, portOf(before), HEIGHT + 1));
    return chain;
  }

  get port(): number {
    return portOf(this.#before);
  }

  /** The nodes' processes end: nobody answers there any more. */
  async halt(): Promise<void> {
    await close(this.#before);
  }

  async stop(): Promise<void> {
    await Promise.all([close(this.#before), close(this.#after)]);
  }
}

/**
 * `/status` of every node of this machine that has no process to serve it, one block short of the plan's height: all have
 * addresses of the machine's own, and this listens on each.
 */
export class StandIn {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #ended = new Set<string | undefined>();

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      if (this.#ended.has(socket.localAddress)) return void socket.resetAndDestroy();
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  static async start(): Promise<StandIn> {
    return new StandIn(await serve("0.0.0.0", 0, HEIGHT - 1));
  }

  get port(): number {
    return portOf(this.#server);
  }

  /** The node at this address ends: nobody answers there until what is returned is called, for one that has it next. */
  end(address: string): () => void {
    this.#ended.add(address);
    for (const socket of this.#sockets) if (socket.localAddress === address) socket.resetAndDestroy();
    return () => this.#ended.delete(address);
  }

  stop(): Promise<void> {
    return close(this.#server);
  }
}

async function serve(host: string, port: number, height: number): Promise<Server> {
  const body = JSON.stringify({
    node_info: { network: CHAIN_ID, moniker: "phantom" },
    sync_info: {
      latest_block_height: String(height),
      latest_block_time: "2026-08-21T17:59:41.123456789Z",
      catching_up: false,
    },
  });
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  });
  server.listen(port, host);
  await once(server, "listening");
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error(`no TCP address: ${address}`);
  return address.port;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}
