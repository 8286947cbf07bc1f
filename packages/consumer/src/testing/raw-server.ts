import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";

/** A server that speaks bytes, for answers that no HTTP library would give. */
export interface RawServer extends AsyncDisposable {
  readonly url: string;
  /** Connections that the client still holds open. */
  openConnections(): number;
}

/** Hands every connection, once its request has begun to arrive, to `answer`. */
export async function rawServer(answer: (socket: Socket) => void): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.once("data", () => answer(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    openConnections: () => sockets.size,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The head of an answer: status line and headers. */
export function head(headers: Record<string, string | number> = {}, statusLine = "HTTP/1.1 200 OK"): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${statusLine}\r\n${lines.join("")}\r\n`;
}

/** Writes `chunk` for as long as the client takes it. */
export function writeForEver(socket: Socket, chunk: Buffer): void {
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on("drain", more);
  more();
}
