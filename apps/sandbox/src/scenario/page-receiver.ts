import { createServer, type Server } from "node:http";
import { json } from "node:stream/consumers";
import { Changes } from "../changes.ts";
import { listenOnLoopback } from "../network/loopback.ts";

export interface ReceivedPage {
  readonly key: string;
  readonly summary: string;
  /** Why it was sent, in one CamelCase word. */
  readonly reason: string;
  /** Name of the NodeHalt that it is about. */
  readonly nodeHalt: string;
  /** It tells that a page which came before is over. */
  readonly isOver: boolean;
}

/** Someone's pager: keeps the pages that arrive, told apart by their stable key. */
export class PageReceiver extends Changes {
  readonly #server: Server;
  readonly #pages = new Map<string, ReceivedPage>();
  #isDown = false;

  constructor(onPage: (page: ReceivedPage) => void) {
    super();
    this.#server = createServer(async (request, response) => {
      const body: unknown = await json(request).catch(() => undefined);
      const page = readPage(request.headers["idempotency-key"], body);
      if (page === undefined || this.#isDown) {
        response.writeHead(page === undefined ? 400 : 503).end();
        return;
      }
      if (page.isOver) {
        response.writeHead(202).end();
        return;
      }
      const isKnown = this.#pages.has(page.key);
      this.#pages.set(page.key, page);
      response.writeHead(202).end();
      if (isKnown) return;
      onPage(page);
      this.tell();
    });
  }

  /** Listens on a free loopback port; resolves with the URL to page. */
  async start(): Promise<string> {
    return `http://127.0.0.1:${await listenOnLoopback(this.#server)}/pages`;
  }

  /** The pages that arrived, each once. */
  pages(): readonly ReceivedPage[] {
    return [...this.#pages.values()];
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  /** While it is down it refuses what it is sent. */
  setDown(isDown: boolean): void {
    this.#isDown = isDown;
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
  const reason = "reason" in body ? String(body.reason) : "";
  return { key, reason, summary: "summary" in body ? String(body.summary) : key, nodeHalt, isOver };
}
