import type { Dispatches } from "./status-request.ts";

/**
 * Sends each request over a connection of its own, by Node's client: for a single reading, loading undici takes longer than all
 * else, and whoever reads one node for days would have a process that ends only once V8 has compiled undici's parser. Node is asked
 * for its client, since an import of `node:http` loads a WebSocket client along with it.
 */
export const oneConnection: Dispatches = {
  dispatch({ origin, path, headers }, handler) {
    const url = new URL(origin);
    const { request } = process.getBuiltinModule(url.protocol === "https:" ? "node:https" : "node:http");
    const asked = request(url, { path, headers, agent: false });
    const controller = { abort: (reason: Error) => void asked.destroy(reason) };
    const fail = (error: Error) => handler.onResponseError(controller, error);
    asked.on("error", fail);
    asked.on("upgrade", (_, socket) => {
      socket.destroy();
      fail(new Error("it switches to another protocol"));
    });
    asked.on("response", (response) => {
      response.on("error", fail);
      response.on("data", (chunk: Buffer) => handler.onResponseData(controller, chunk));
      response.on("end", () => handler.onResponseEnd());
      handler.onResponseStart(controller, response.statusCode ?? 0, response.headers);
    });
    handler.onRequestStart(controller);
    asked.end();
  },
};
