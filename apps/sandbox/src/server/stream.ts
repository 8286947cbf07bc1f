import type { ServerResponse } from "node:http";
import type { Feed } from "./feed.ts";

/** A page that reads no faster than this much behind is let go: it comes back and begins with the state. */
const MOST_BUFFERED = 8 * 1024 * 1024;

/**
 * Server-sent events: the run's events, each with an id such as `3-17` (run and number); its state, and then what
 * changes in that. `lastId` is what the page had last.
 */
export function streamTo(response: ServerResponse, feed: Feed, lastId: string): void {
  response.writeHead(200, { ...headersOf(response), "content-type": "text/event-stream" });
  const leave = feed.join(lastId, (text) => {
    response.write(text);
    if (response.writableLength > MOST_BUFFERED) response.destroy();
  });
  response.once("close", leave);
}

/** Headers that a hook has set before the answer was taken out of fastify's hands. */
function headersOf(response: ServerResponse): Record<string, string> {
  return Object.fromEntries(
    Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]),
  );
}
