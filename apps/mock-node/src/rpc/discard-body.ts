import type { IncomingMessage } from "node:http";

const MAX_BYTES = 16_000_000;
/** How long the rest of a body may pause. */
const MAX_PAUSE_MS = 10_000;

/**
 * Reads what is left of a request's body and throws it away, up to 16 MB of it, for as long as it keeps coming. A
 * connection that is closed on unread bytes is reset, and the reset takes the answer with it before the client has seen it.
 */
export function discardBody(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let left = MAX_BYTES;
    const finish = (): void => {
      clearTimeout(pause);
      request.off("data", count).pause();
      resolve();
    };
    const count = (chunk: Buffer): void => {
      left -= chunk.length;
      if (left < 0) finish();
      else pause.refresh();
    };
    const pause = setTimeout(finish, MAX_PAUSE_MS);
    if (request.complete) finish();
    else request.on("data", count).once("end", finish).once("close", finish).resume();
  });
}
