import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

export interface ReceivedPage {
  readonly key: string;
  readonly summary: string;
  /** Name of the NodeHalt that it is about. */
  readonly nodeHalt: string;
  /** It tells that a page which came before is over. */
  readonly isOver: boolean;
}

/** Someone's pager: keeps the pages that arrive, told apart by their stable key. */
export class PageReceiver {
  readonly #server: Server;
  readonly #deliveries = new Map<string, number>();

  constructor(onPage: (page: ReceivedPage) => void) {
    this.#server = createServer(async (request, response) => {
      const body: unknown = await json(request).catch(() => undefined);
      const page = readPage(request.headers["idempotency-key"], body);
      if (page === undefined) {
        response.writeHead(400).end();
        return;
      }
      if (page.isOver) {
        response.writeHead(202).end();
        return;
      }
      const count = this.#deliveries.get(page.key) ?? 0;
      this.#deliveries.set(page.key, count + 1);
      response.writeHead(202).end();
      if (count === 0) onPage(page);
    });
  }

  /** Listens on a free loopback port; resolves with the URL to page. */
  async start(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, "127.0.0.1", resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/pages`;
  }

  /** How often each page was delivered, by key. */
  deliveries(): ReadonlyMap<string, number> {
    return new Map(this.#deliveries);
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

function readPage(header: string | readonly string[] | undefined, body: unknown): ReceivedPage | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const key = typeof header === "string" ? header : "key" in body ? String(body.key) : "";
  if (key === "") return undefined;
  const nodeHalt = "nodeHalt" in body ? String(body.nodeHalt) : "";
  const isOver = "state" in body && body.state === "resolved";
  return { key, summary: "summary" in body ? String(body.summary) : key, nodeHalt, isOver };
}
