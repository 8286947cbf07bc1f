import http from "node:http";
import type { Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Json } from "../json/json.ts";
import type { Gates } from "./gates.ts";
import { listenOnLoopback } from "./loopback.ts";

export interface RelayOptions {
  /** URL of the API server. */
  readonly server: string;
  /** Number of the controller whose relay it is. */
  readonly controller: number;
  readonly gates: Gates;
  /** Told of each write that was answered: the status is the API server's. */
  readonly onWrite: (write: RelayedWrite) => void;
}

export interface RelayedWrite {
  readonly controller: number;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

const HEADERS_OF_A_HOP = ["connection", "keep-alive", "transfer-encoding", "host"];

/**
 * The network between one controller and the API server: it passes requests on, and can be cut. A write may have to
 * wait at a gate, and is never sent when its client has given up by then.
 */
export class ApiRelay {
  readonly #options: RelayOptions;
  readonly #target: URL;
  readonly #server: http.Server;
  readonly #agent = new http.Agent({ keepAlive: true });
  readonly #sockets = new Set<Socket>();
  #isDown = false;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#target = new URL(options.server);
    this.#server = http.createServer((request, response) => {
      this.#relay(request, response).catch(() => response.destroy());
    });
    this.#server.on("connection", (socket) => {
      if (this.#isDown) return void socket.destroy();
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** Listens on a free loopback port; resolves with its URL. */
  async start(): Promise<string> {
    return `http://127.0.0.1:${await listenOnLoopback(this.#server)}`;
  }

  /** While it is down every connection is reset, new ones too. */
  setDown(isDown: boolean): void {
    this.#isDown = isDown;
    if (isDown) for (const socket of this.#sockets) socket.destroy();
  }

  stop(): void {
    this.#server.close();
    this.setDown(true);
    this.#agent.destroy();
  }

  async #relay(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { method = "GET", url = "/" } = request;
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const isWrite = method !== "GET";
    const body = isWrite ? await buffer(request) : undefined;
    const { gates, controller, onWrite } = this.#options;
    const path = url.split("?")[0] ?? "";
    if (isWrite) await gates.pass({ method, path, body: readJson(body) }, controller, gone.signal);
    if (gone.signal.aborted) return;
    const headers = { ...request.headers };
    for (const name of HEADERS_OF_A_HOP) delete headers[name];
    const outgoing = http.request(
      {
        agent: this.#agent,
        host: this.#target.hostname,
        port: this.#target.port,
        method,
        path: url,
        headers,
      },
      (answer) => {
        if (isWrite) onWrite({ controller, method, path, status: answer.statusCode ?? 0 });
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        response.flushHeaders();
        answer.pipe(response);
        answer.once("error", () => response.destroy());
      },
    );
    outgoing.once("error", () => response.destroy());
    response.once("close", () => outgoing.destroy());
    outgoing.end(body);
  }
}

function readJson(body: Buffer | undefined): Json | undefined {
  try {
    return JSON.parse(body?.toString("utf8") ?? "") as Json;
  } catch {
    return undefined;
  }
}
