import { once } from "node:events";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";

/** A page as the webhook's receiver got it. */
export interface Page {
  /** The `Idempotency-Key`: the same one means the same message. */
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Someone's pager: an HTTP server that keeps what was sent to it. */
export interface PageReceiver {
  readonly url: string;
  /** Every accepted delivery of a page, in order. */
  pages(): readonly Page[];
  /** Every accepted message that a page is over, in order. */
  resolutions(): readonly Page[];
  /** How many deliveries of each page arrived, by key. */
  countByKey(): ReadonlyMap<string, number>;
  /** Answers 503 to everything from now on, or no longer. */
  refuse(on: boolean): void;
  stop(): Promise<void>;
}

export async function startPageReceiver(): Promise<PageReceiver> {
  const accepted: Page[] = [];
  let refusing = false;
  const server = createServer(async (request, response) => {
    const key = request.headers["idempotency-key"];
    const body = await json(request).catch(() => undefined);
    const whole = typeof key === "string" && typeof body === "object" && body !== null;
    if (!refusing && whole) accepted.push({ key, body: { ...body } });
    response.writeHead(refusing ? 503 : whole ? 202 : 400).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error(`no TCP address: ${address}`);
  return {
    url: `http://127.0.0.1:${address.port}/pages`,
    pages: () => accepted.filter((page) => !isResolution(page)),
    resolutions: () => accepted.filter(isResolution),
    countByKey: () => countBy(accepted.filter((page) => !isResolution(page)).map(({ key }) => key)),
    refuse: (on) => {
      refusing = on;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function isResolution({ body }: Page): boolean {
  return body.state === "resolved";
}

function countBy(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
