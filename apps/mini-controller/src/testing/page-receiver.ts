import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that reached the receiver. */
export interface ReceivedPage {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A pager of any kind on a free port; it answers with `status`, which a test may change. */
export class PageReceiver {
  readonly received: ReceivedPage[] = [];
  status = 200;
  /** How many requests it answered with a fault. */
  refused = 0;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      request.on("end", () => {
        if (this.status < 300)
          this.received.push({ path: request.url ?? "", headers: request.headers, body });
        else this.refused += 1;
        response.writeHead(this.status).end("{}");
      });
    });
  }

  static async start(): Promise<PageReceiver> {
    const receiver = new PageReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Pages as a receiver counts them: by their key, told as often as they may be. */
  keys(): readonly string[] {
    return this.#keysOf("firing");
  }

  /** Keys of the pages of which it was told that they are over. */
  resolvedKeys(): readonly string[] {
    return this.#keysOf("resolved");
  }

  #keysOf(state: "firing" | "resolved"): readonly string[] {
    const told = this.received.map(({ body }) => JSON.parse(body) as { key: string; state: string });
    return [...new Set(told.filter((page) => page.state === state).map(({ key }) => key))];
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
