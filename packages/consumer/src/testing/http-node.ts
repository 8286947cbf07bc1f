import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** A node's RPC as a test wants it to answer, on a free loopback port. */
export interface HttpNode extends AsyncDisposable {
  readonly url: string;
}

/** Serves one handler until disposed. */
export async function httpNode(handler: RequestListener): Promise<HttpNode> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Serves one JSON body, whatever is asked. */
export function nodeAnswering(body: unknown): Promise<HttpNode> {
  return httpNode((_, response) => response.end(JSON.stringify(body)));
}
