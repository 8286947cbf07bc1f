import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { messageOf } from "@upgrade-halt/kube";
import { ControllerError } from "../controller-error.ts";

/** What a route answers; plain text unless it says otherwise. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

export type Route = () => Promise<Answer>;

const NOT_FOUND: Route = async () => ({ status: 404, body: "not found\n" });

/** Whoever reaches the port may ask, and must not keep the probes from being answered. */
const LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 8_192,
};

/** Serves `routes` on `address` (`host:port`, port 0 for any). */
export class HttpServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @throws {ControllerError} `unreachable` when the address can't be listened on. */
  static async listen(address: string, routes: Readonly<Record<string, Route>>): Promise<HttpServer> {
    const { hostname, port } = new URL(`http://${address}`);
    const server = createServer(LIMITS, (request, response) => {
      const route = routes[(request.url ?? "/").split("?")[0] ?? "/"] ?? NOT_FOUND;
      void route().then(
        ({ status, body, type = "text/plain; charset=utf-8" }) => {
          response.writeHead(status, { "content-type": type }).end(body);
        },
        (error: unknown) => response.writeHead(500).end(`${messageOf(error)}\n`),
      );
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", (cause) =>
        reject(
          new ControllerError("unreachable", `can't listen on ${address}: ${messageOf(cause)}`, { cause }),
        ),
      );
      server.listen(Number(port), hostname.replace(/^\[|\]$/g, ""), resolve);
    });
    return new HttpServer(server);
  }

  /** `host:port` as it really is. */
  get address(): string {
    const { address, port, family } = this.#server.address() as AddressInfo;
    return family === "IPv6" ? `[${address}]:${port}` : `${address}:${port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
