import { type EventEmitter, once } from "node:events";
import { connect as connectTcp } from "node:net";
import { until } from "@upgrade-halt/testing";
import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { jsonRpcBody } from "../testing/fuzz/bodies.ts";
import { defectOf } from "../testing/fuzz/judge.ts";
import { Random } from "../testing/fuzz/random.ts";
import { testView } from "../testing/test-view.ts";
import { BODY_LIMIT, rpcServer } from "./server.ts";

async function connect() {
  const parts = testView(3);
  const app = rpcServer(parts.view, pino({ enabled: false }), {});
  onTestFinished(() => app.close());
  const address = await app.listen({ host: "127.0.0.1", port: 0 });
  const socket = new WebSocket(`${address.replace("http", "ws")}/websocket`);
  const received: Record<string, unknown>[] = [];
  socket.on("message", (data) => received.push(JSON.parse(String(data))));
  await once(socket, "open");
  const ask = (id: number, method: string, params: object = {}): Promise<Record<string, unknown>> => {
    const before = received.length;
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return until(`an answer to ${method}`, () => received.slice(before).find((message) => message.id === id));
  };
  return { ...parts, app, address, socket, received, ask };
}

/** Resolves when a connection has ended, by a reset too. */
function gone(connection: EventEmitter): Promise<void> {
  return new Promise((resolve) => connection.on("error", () => {}).once("close", resolve));
}

const query = "tm.event='NewBlock'";

it("answers calls as POST does", async () => {
  const { ask } = await connect();
  expect(await ask(1, "status")).toMatchObject({ result: { sync_info: { latest_block_height: "3" } } });
  expect(await ask(2, "nope")).toMatchObject({ error: { code: -32601 } });
});

it("sends new blocks under the subscription's id, until it is ended", async () => {
  const { ask, next, received } = await connect();
  expect(await ask(7, "subscribe", { query })).toMatchObject({ result: {} });
  next();
  const event = await until("a block", () =>
    received.find(({ result }) => result && Object.hasOwn(result, "data")),
  );
  expect(event).toMatchObject({
    id: 7,
    result: {
      query,
      data: { type: "tendermint/event/NewBlock", value: { block: { header: { height: "4" } } } },
    },
  });
  await ask(8, "unsubscribe", { query });
  const before = received.length;
  next();
  await ask(9, "health");
  expect(received.slice(before).map(({ id }) => id)).toEqual([9]);
});

it("refuses other queries, the same query twice, and the end of what was not begun", async () => {
  const { ask } = await connect();
  expect(await ask(1, "subscribe", { query: "tm.event='Tx'" })).toMatchObject({ error: { code: -32602 } });
  await ask(2, "subscribe", { query });
  expect(await ask(3, "subscribe", { query })).toMatchObject({ error: { code: -32603 } });
  await ask(4, "unsubscribe_all");
  expect(await ask(5, "unsubscribe", { query })).toMatchObject({ error: { code: -32603 } });
});

it("forgets a connection that is gone, and lets the server close", async () => {
  const { ask, next, socket, app } = await connect();
  await ask(1, "subscribe", { query });
  socket.terminate();
  next();
  await app.close();
});

it("closes open connections with the server", async () => {
  const { socket, app } = await connect();
  const closed = once(socket, "close");
  await app.close();
  await closed;
});

it("refuses an upgrade of any other path", async () => {
  const { address } = await connect();
  const socket = new WebSocket(`${address.replace("http", "ws")}/other`);
  const [error] = await once(socket, "error");
  expect(String(error)).toContain("404");
});

it("answers mutated calls validly, and goes on", async () => {
  const { socket, received, ask } = await connect();
  const random = new Random(7);
  for (let sent = 0; sent < 500; sent += 1) socket.send(jsonRpcBody(random), { binary: random.chance(0.1) });
  expect(await ask(424_242, "health")).toMatchObject({ result: {} });
  const defects = received.map((message) =>
    defectOf("json-rpc", {
      kind: "http",
      status: 200,
      type: "application/json",
      body: JSON.stringify(message),
    }),
  );
  expect(defects.filter((defect) => defect !== undefined)).toEqual([]);
});

it("cuts off who sends a message past the limit or bytes that are no frame, and serves the others", async () => {
  const { socket, address, app } = await connect();
  const other = new WebSocket(`${address.replace("http", "ws")}/websocket`);
  await once(other, "open");
  const closed = gone(socket);
  socket.send(Buffer.alloc(BODY_LIMIT + 1));
  await closed;

  const { port } = new URL(address);
  const raw = connectTcp(Number(port), "127.0.0.1");
  const upgrade = ["GET /websocket HTTP/1.1", "Host: node", "Connection: Upgrade", "Upgrade: websocket"];
  const key = ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];
  const cut = gone(raw.resume());
  raw.write(`${[...upgrade, ...key].join("\r\n")}\r\n\r\n${"\xff".repeat(100)}`);
  await cut;

  other.send('{"id":1,"method":"health"}');
  expect(String((await once(other, "message"))[0])).toBe('{"jsonrpc":"2.0","id":1,"result":{}}');
  expect((await app.inject("/health")).body).toBe("{}");
});
