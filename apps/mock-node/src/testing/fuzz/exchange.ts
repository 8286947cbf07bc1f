import { connect } from "node:net";
import type { FuzzRequest } from "./requests.ts";

/** What came back: an HTTP answer, or a connection that ended without one. */
export type Reply =
  | { readonly kind: "http"; readonly status: number; readonly type: string; readonly body: string }
  | { readonly kind: "closed" }
  | { readonly kind: "silent" };

/** How long a slow sender pauses, in ms. */
const PAUSE_MS = 50;

/**
 * Sends a request over a connection of its own, with a pause where it has one, and reads until the server ends the
 * connection, or for `patienceMs`.
 */
export function exchange(port: number, { bytes, pauseAt }: FuzzRequest, patienceMs: number): Promise<Reply> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1");
    const finish = (isOver: boolean): void => {
      socket.destroy();
      resolve(parseReply(Buffer.concat(chunks)) ?? { kind: isOver ? "closed" : "silent" });
    };
    socket.setTimeout(patienceMs, () => finish(false));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", () => finish(true));
    socket.on("close", () => finish(true));
    socket.write(bytes.subarray(0, pauseAt));
    if (pauseAt !== undefined)
      setTimeout(() => !socket.destroyed && socket.write(bytes.subarray(pauseAt)), PAUSE_MS);
  });
}

function parseReply(bytes: Buffer): Reply | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  const head = bytes.subarray(0, Math.max(0, end)).toString("latin1");
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
  if (status === undefined) return undefined;
  const type = /^content-type: (.*)$/im.exec(head)?.[1] ?? "";
  return {
    kind: "http",
    status: Number(status),
    type: type.trim(),
    body: bytes.subarray(end + 4).toString(),
  };
}
