import { randomInt } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { ApiContext, Target } from "../operations/context.ts";
import { type WatchQuery, watch } from "../operations/watch.ts";

const BOOKMARK_INTERVAL_MS = 60_000;
/** The last bookmark comes this long before a watch's timeout, if the watch lasts so long (k8s.io/apiserver cacher, bookmark deadlines). */
const BOOKMARK_BEFORE_TIMEOUT_SECONDS = 2;
/** The API server's --min-request-timeout: a watch without timeoutSeconds lasts once to twice this long. */
const MIN_TIMEOUT_SECONDS = 1800;

/** A client that lets this much pile up is cut off, as the watch cache does: it can resume or relist. */
const MAX_BACKLOG_BYTES = 64 * 1024 * 1024;

/** Streams a watch as JSON lines until its timeout, the client's end, or an ERROR event. */
export function streamWatch(
  context: ApiContext,
  target: Target,
  query: WatchQuery,
  timeoutSeconds: number,
  response: ServerResponse,
): void {
  response.writeHead(200, {
    "content-type": "application/json",
    "cache-control": "no-cache, private",
    "transfer-encoding": "chunked",
  });
  response.flushHeaders();
  const running = watch(context, target, query, (line) => {
    response.write(line);
    if (response.writableLength > MAX_BACKLOG_BYTES) response.destroy();
  });
  if (running.ended) return void response.end();
  const seconds = timeoutSeconds > 0 ? timeoutSeconds : MIN_TIMEOUT_SECONDS + randomInt(MIN_TIMEOUT_SECONDS);
  const bookmarks = setInterval(() => running.bookmark(), BOOKMARK_INTERVAL_MS);
  const lastBookmark =
    seconds > BOOKMARK_BEFORE_TIMEOUT_SECONDS
      ? setTimeout(() => running.bookmark(), (seconds - BOOKMARK_BEFORE_TIMEOUT_SECONDS) * 1000)
      : undefined;
  const timeout = setTimeout(() => response.end(), seconds * 1000);
  const stop = (): void => {
    clearInterval(bookmarks);
    clearTimeout(lastBookmark);
    clearTimeout(timeout);
    running.stop();
  };
  response.on("close", stop);
}
