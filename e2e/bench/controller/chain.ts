import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import { HEIGHT } from "./phantom-sets.ts";

export const CHAIN_ID = "pacific-1";

/** A node that no process runs: only its `/status` is served. */
export interface Phantom {
  /** Whose keys it has: what takes a node's place has the same. */
  readonly validator: string;
  readonly height: number;
  /** It makes a block a second from there. */
  readonly moves?: boolean;
}

/** Second parts of the addresses of the nodes that halt, and of those that take their place. */
const PLACE = { before: 2, after: 3 } as const;

/** Where the n-th node of a chain answers, before its halt and after it. */
export function addressOf(index: number, place: keyof typeof PLACE): string {
  return `127.${PLACE[place]}.${index >> 8}.${index & 255}`;
}

/** The phantom at such an address: short of the plan's height before its halt, past it after. */
export function phantomAt(address: string): Phantom {
  const [, place, ...validator] = address.split(".");
  const isAfter = Number(place) === PLACE.after;
  return { validator: validator.join("."), height: isAfter ? HEIGHT + 1 : HEIGHT - 1, moves: isAfter };
}

/**
 * `/status` of nodes of one chain: each has an address of this machine's own, a node id and a validator address, and this listens on
 * every one, on one port.
 */
export class Chain {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #ended = new Set<string>();

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      if (this.#ended.has(socket.localAddress ?? "")) return void socket.resetAndDestroy();
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** `phantomOf` says which node is at an address; each is one short of the plan's height unless it says more. */
  static async start(phantomOf = oneEach): Promise<Chain> {
    const began = performance.now();
    const server = createServer(({ socket: { localAddress = "" } }, response) => {
      const phantom = phantomOf(localAddress);
      const made = phantom.moves ? Math.floor((performance.now() - began) / 1000) : 0;
      const body = JSON.stringify(statusOf(phantom.validator, phantom.height + made));
      response.writeHead(200, { "content-type": "application/json" }).end(body);
    });
    server.listen(0, "0.0.0.0");
    await once(server, "listening");
    return new Chain(server);
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error(`no TCP address: ${address}`);
    return address.port;
  }

  /** The nodes at these addresses end: nobody answers there until what is returned is called, for those that have them next. */
  end(...addresses: readonly string[]): () => void {
    for (const address of addresses) this.#ended.add(address);
    for (const socket of this.#sockets)
      if (this.#ended.has(socket.localAddress ?? "")) socket.resetAndDestroy();
    return () => {
      for (const address of addresses) this.#ended.delete(address);
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** A validator at each address. */
function oneEach(address: string): Phantom {
  return { validator: address, height: HEIGHT - 1 };
}

function statusOf(validator: string, height: number) {
  const digest = createHash("sha256").update(validator).digest("hex");
  return {
    node_info: { id: digest.slice(0, 40), network: CHAIN_ID, moniker: `phantom-${validator}` },
    sync_info: {
      latest_block_height: String(height),
      latest_block_time: "2026-08-21T17:59:41.123456789Z",
      catching_up: false,
    },
    validator_info: { address: digest.slice(-40).toUpperCase(), voting_power: "1" },
  };
}
