import type { IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { TestServer } from "./test-server.ts";

/** A request that the receiver took. */
export interface Delivery {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A page as the webhook's receiver got it. */
export interface Page {
  /** The `Idempotency-Key`: the same one means the same message. */
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Someone's pager of any kind on a free port: keeps what is sent to it. It answers with `status`, which a test may change. */
export class PageReceiver {
  /** Everything that it took, in order. */
  readonly received: Delivery[] = [];
  status = 202;
  /** How many requests it answered with a fault. */
  refused = 0;
  readonly #server: TestServer;

  private constructor(server: TestServer) {
    this.#server = server;
  }

  static async start(): Promise<PageReceiver> {
    const receiver: PageReceiver = new PageReceiver(
      await TestServer.start(async (request, response) => {
        const { url: path = "", headers } = request;
        const body = await text(request);
        if (receiver.status < 300) receiver.received.push({ path, headers, body });
        else receiver.refused += 1;
        response.writeHead(receiver.status).end("{}");
      }),
    );
    return receiver;
  }

  get url(): string {
    return this.#server.url;
  }

  /** Every delivery of a page by webhook, in order. Throws if one has no key or no JSON. */
  pages(): readonly Page[] {
    return this.#webhooks().filter(({ body }) => body.state !== "resolved");
  }

  /** Every message by webhook that a page is over, in order. */
  resolutions(): readonly Page[] {
    return this.#webhooks().filter(({ body }) => body.state === "resolved");
  }

  /** Pages as a receiver counts them: by their key, told as often as they may be. */
  keys(): readonly string[] {
    return keysOf(this.pages());
  }

  /** Keys of the pages of which it was told that they are over. */
  resolvedKeys(): readonly string[] {
    return keysOf(this.resolutions());
  }

  /** How many deliveries of each page arrived, by key. */
  countByKey(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { key } of this.pages()) counts.set(key, (counts.get(key) ?? 0) + 1);
    return counts;
  }

  /** Says 503 to everything from now on, or no longer. */
  refuse(on: boolean): void {
    this.status = on ? 503 : 202;
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  #webhooks(): Page[] {
    return this.received.map(({ headers, body }) => {
      const key = headers["idempotency-key"];
      if (typeof key !== "string") throw new Error(`a page without its key: ${body}`);
      return { key, body: JSON.parse(body) };
    });
  }
}

/** The message that a page is over has a key of its own; the page's is in both. */
function keysOf(pages: readonly Page[]): readonly string[] {
  return [...new Set(pages.map(({ body }) => String(body.key)))];
}
