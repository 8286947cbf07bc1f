import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { WebSocket, WebSocketServer } from "ws";
import { answerJsonRpc } from "./json-rpc.ts";
import type { Method } from "./method.ts";
import type { NodeView } from "./node-view.ts";
import { Subscriptions } from "./subscriptions.ts";

const PATH = "/websocket";
/** A reader that is this far behind, in bytes, is cut off. */
const MAX_BACKLOG = 4_000_000;

/** Speaks JSON-RPC over WebSocket at `/websocket`: every method, and subscriptions to new blocks. */
export function serveWebSocket(
  app: FastifyInstance,
  view: NodeView,
  methods: ReadonlyMap<string, Method>,
  maxPayload: number,
): void {
  // Loaded when the first client comes: most nodes never see one, and every node should start fast.
  let loading: Promise<WebSocketServer> | undefined;
  app.server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    if (request.url?.split("?", 1)[0] !== PATH) {
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    loading ??= loadServer(maxPayload);
    void loading.then((server) => accept(server, request, socket, head, view, methods));
  });
  app.addHook("preClose", async () => {
    for (const client of (await loading)?.clients ?? []) client.terminate();
  });
}

async function loadServer(maxPayload: number): Promise<WebSocketServer> {
  const { WebSocketServer } = await import("ws");
  return new WebSocketServer({ noServer: true, maxPayload });
}

function accept(
  server: WebSocketServer,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  view: NodeView,
  methods: ReadonlyMap<string, Method>,
): void {
  server.handleUpgrade(request, socket, head, (client) => {
    const send = (message: string): void => {
      if (client.bufferedAmount > MAX_BACKLOG) client.terminate();
      else if (client.readyState === client.OPEN) client.send(message);
    };
    converse(client, new Subscriptions(view, send), methods, send);
  });
}

function converse(
  client: WebSocket,
  subscriptions: Subscriptions,
  methods: ReadonlyMap<string, Method>,
  send: (message: string) => void,
): void {
  const all = new Map([...methods, ...subscriptionMethods(subscriptions)]);
  client.on("error", () => client.terminate());
  client.on("close", () => subscriptions.unsubscribeAll());
  client.on("message", (data) => {
    const { text } = answerJsonRpc(String(data), all);
    if (text !== "") send(text);
  });
}

function subscriptionMethods(subscriptions: Subscriptions): ReadonlyMap<string, Method> {
  return new Map<string, Method>([
    [
      "subscribe",
      {
        args: ["query"],
        call: (args, id) => {
          subscriptions.subscribe(id, args.get("query"));
          return "{}";
        },
      },
    ],
    [
      "unsubscribe",
      {
        args: ["query"],
        call: (args) => {
          subscriptions.unsubscribe(args.get("query"));
          return "{}";
        },
      },
    ],
    [
      "unsubscribe_all",
      {
        args: [],
        call: () => {
          subscriptions.unsubscribeAll();
          return "{}";
        },
      },
    ],
  ]);
}
