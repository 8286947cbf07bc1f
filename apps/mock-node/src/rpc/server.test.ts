import { once } from "node:events";
import { METHODS, request } from "node:http";
import { text } from "node:stream/consumers";
import { ShutdownReason } from "@upgrade-halt/contract";
import type { InjectOptions } from "fastify";
import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { testView } from "../testing/test-view.ts";
import type { NodeView } from "./node-view.ts";
import { BODY_LIMIT, rpcServer } from "./server.ts";

function serve(blocks = 3, overrides: Partial<NodeView> = {}) {
  const parts = testView(blocks, overrides);
  const app = rpcServer(parts.view, pino({ enabled: false }), {});
  onTestFinished(() => app.close());
  const get = async (url: string, options: InjectOptions = {}) => app.inject({ url, ...options });
  const call = async (payload: unknown) =>
    app.inject({
      method: "POST",
      url: "/",
      payload: typeof payload === "string" ? payload : JSON.stringify(payload),
    });
  return { ...parts, app, get, call };
}

const STATUS_KEYS = [
  "node_info application_info sync_info validator_info",
  "protocol_version id listen_addr network version channels moniker other",
  "latest_block_hash latest_app_hash latest_block_height latest_block_time last_committed_block_height " +
    "earliest_block_hash earliest_app_hash earliest_block_height earliest_block_time max_peer_block_height catching_up " +
    "total_synced_time remaining_time total_snapshots chunk_process_avg_time snapshot_height snapshot_chunks_count " +
    "snapshot_chunks_total backfilled_blocks backfill_blocks_total",
  "address pub_key voting_power",
];

describe("GET /status in Sei's form", () => {
  it("is bare, has Sei's keys in Sei's order, and no intent while the node is healthy", async () => {
    const { get } = serve();
    const response = await get("/status");
    const body = response.json();
    const keys = [body, body.node_info, body.sync_info, body.validator_info].map((part) =>
      Object.keys(part).join(" "),
    );
    expect(response.statusCode).toBe(200);
    expect(keys).toEqual(STATUS_KEYS);
  });

  it("writes 64-bit integers as strings, hashes in upper case, the node's id in lower", async () => {
    const {
      sync_info: sync,
      node_info: node,
      validator_info: validator,
    } = (await serve().get("/status")).json();
    expect(sync).toMatchObject({
      latest_block_height: "3",
      latest_block_hash: expect.stringMatching(/^[0-9A-F]{64}$/),
      latest_block_time: "2023-11-14T22:13:21.32Z",
      earliest_block_height: "1",
      catching_up: false,
      total_synced_time: "0",
    });
    expect(node.id).toMatch(/^[0-9a-f]{40}$/);
    expect(validator.address).toBe(node.id.toUpperCase());
  });

  it("has Go's bytes, whatever the node is called", async () => {
    const { body } = await serve(3, { moniker: "<a>&\u2028\ud800" }).get("/status");
    expect(body).toContain('"moniker":"\\u003ca\\u003e\\u0026\\u2028\\ufffd"');
  });

  it("answers any method, with arguments that it doesn't know", async () => {
    const { app, get } = serve();
    const url = new URL("/status?x=1", await app.listen({ host: "127.0.0.1", port: 0 }));
    const { body } = await get("/status");
    for (const method of METHODS.filter((known) => known !== "CONNECT")) {
      const [response] = await once(request(url, { method }).end(), "response");
      const expected = method === "HEAD" ? "" : body;
      expect([method, response.statusCode, await text(response)]).toEqual([method, 200, expected]);
      expect(response.headers["content-length"]).toBe(`${body.length}`);
    }
  });

  it("shows the intent last once the node has halted", async () => {
    const { get, holder } = serve();
    const healthy = (await get("/status")).body;
    holder.publish(holder.stamp(ShutdownReason.UpgradeRequired, { name: "v6.7", height: 4, info: "" }));
    expect((await get("/status")).body).toBe(
      `${healthy.slice(0, -1)},"halt_intent":{"reason":70,"reason_string":"upgrade_required","plan_name":"v6.7",` +
        '"height":4,"announced_at":"1970-01-01T00:00:00Z"}}',
    );
  });

  it("shows null when the intent can't be told, and nothing else changes", async () => {
    const faults: unknown[] = [];
    const { view } = testView(1);
    const snapshot = () => {
      throw new Error("no");
    };
    const { get } = serve(3, {
      holder: { ...view.holder, snapshot },
      onStatusFault: (cause) => faults.push(cause),
    });
    for (let count = 0; count < 3; count += 1) {
      expect((await get("/status")).json()).toMatchObject({
        halt_intent: null,
        sync_info: { latest_block_height: "3" },
      });
    }
    expect(faults).toHaveLength(1);
  });
});

describe("GET in CometBFT's form", () => {
  it("does not know what Sei alone has", async () => {
    const { get, call } = serve(3, { flavor: "cometbft" });
    expect((await get("/lag_status")).statusCode).toBe(404);
    expect((await call({ id: 1, method: "lag_status" })).json().error.code).toBe(-32601);
  });

  it("is in an envelope with the id -1", async () => {
    const { get } = serve(3, { flavor: "cometbft" });
    expect((await get("/status")).json()).toMatchObject({
      jsonrpc: "2.0",
      id: -1,
      result: { sync_info: { latest_block_height: "3" } },
    });
    expect((await get("/health")).body).toBe('{"jsonrpc":"2.0","id":-1,"result":{}}');
  });

  it("tells an error with status 500 and in the envelope", async () => {
    const response = await serve(3, { flavor: "cometbft" }).get("/block?height=9");
    expect(response.statusCode).toBe(500);
    expect(response.json()).toMatchObject({ id: -1, error: { code: -32603 } });
  });
});

describe("other paths", () => {
  it("/health is an empty object", async () => {
    expect((await serve().get("/health")).body).toBe("{}");
  });

  it.each([
    [undefined, 200, { current_height: "3", max_peer_height: "3", lag: "0" }],
    [303, 200, { current_height: "3", max_peer_height: "303", lag: "300" }],
    [304, 417, { current_height: "3", max_peer_height: "304", lag: "301" }],
  ])("/lag_status with peers at %s answers %d", async (peerHeight, status, body) => {
    const response = await serve(3, { peerHeight }).get("/lag_status");
    expect([response.statusCode, response.json()]).toEqual([status, body]);
  });

  it("lag_status over POST answers 417 too, with the result beside the error, and so does a batch with it", async () => {
    const { call } = serve(3, { peerHeight: 304 });
    const lag = { id: 1, method: "lag_status" };
    const response = await call(lag);
    const result = { current_height: "3", max_peer_height: "304", lag: "301" };
    expect(response.statusCode).toBe(417);
    expect(response.body).toBe(
      `{"jsonrpc":"2.0","id":1,"result":${JSON.stringify(result)},` +
        `"error":{"code":-32604,"message":"Lag is too high","data":${JSON.stringify(JSON.stringify(result))}}}`,
    );
    const batch = await call([{ id: 0, method: "health" }, lag]);
    expect([batch.statusCode, batch.json()]).toMatchObject([
      417,
      [
        { id: 0, result: {} },
        { id: 1, result },
      ],
    ]);
  });

  it("/abci_info shows what was applied, which is not the newest block of a halted node", async () => {
    const { get, chain } = serve(3);
    chain.storeNext();
    expect((await get("/abci_info")).json().response.last_block_height).toBe("3");
    expect((await get("/status")).json().sync_info.latest_block_height).toBe("4");
  });

  it("/block takes a height with quotes or without, and the newest one without any", async () => {
    const { get } = serve(3);
    const heights = await Promise.all(
      ["/block?height=2", "/block?height=%222%22", "/block"].map(
        async (url) => (await get(url)).json().block.header.height,
      ),
    );
    expect(heights).toEqual(["2", "2", "3"]);
    expect((await get("/block?height=4")).json()).toMatchObject({ code: -32603, message: "Internal error" });
    expect((await get("/block?height=x")).json()).toMatchObject({ code: -32602 });
  });

  it("/blockchain lists at most twenty blocks, newest first", async () => {
    const { get } = serve(25);
    const heights = async (query: string): Promise<number[]> =>
      (await get(`/blockchain${query}`))
        .json()
        .block_metas.map(({ header }: { header: { height: string } }) => +header.height);
    expect(await heights("")).toEqual(Array.from({ length: 20 }, (_, index) => 25 - index));
    expect(await heights("?minHeight=2&maxHeight=4")).toEqual([4, 3, 2]);
    expect((await get("/blockchain?minHeight=9&maxHeight=4")).json()).toMatchObject({ code: -32603 });
  });

  it("/genesis names the chain and its validator", async () => {
    const { genesis } = (await serve().get("/genesis")).json();
    expect(genesis).toMatchObject({
      chain_id: "test-1",
      initial_height: "1",
      validators: [{ name: "here" }],
    });
  });

  it("/metrics has the height, and the intent of a halted node alone", async () => {
    const { get, holder } = serve();
    const healthy = await get("/metrics");
    expect(healthy.headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(healthy.body).toContain('\ntendermint_consensus_height{chain_id="test-1"} 3\n');
    expect(healthy.body).not.toContain("halt_intent_info");
    holder.publish(holder.stamp(ShutdownReason.BinaryTooNew, { name: 'a"b\n', height: 4, info: "" }));
    expect((await get("/metrics")).body).toContain(
      '\nhalt_intent_info{reason="binary_too_new",plan="a\\"b\\n"} 1\n',
    );
  });

  it("/metrics has all but the intent when the holder fails", async () => {
    const { view } = testView(1);
    const snapshot = () => {
      throw new Error("no");
    };
    const response = await serve(3, { holder: { ...view.holder, snapshot } }).get("/metrics");
    expect(response.body).toContain('\ntendermint_consensus_height{chain_id="test-1"} 3\n');
  });

  it("that are unknown are 404", async () => {
    const { statusCode, body } = await serve().get("/halt_intent");
    expect([statusCode, body]).toEqual([404, "404 page not found\n"]);
  });

  it.each(["GET", "POST"] as const)("%s / without a body is an HTML list of routes", async (method) => {
    const response = await serve().get("/", { method, headers: { host: "a<b" } });
    expect(response.headers["content-type"]).toMatch(/^text\/html/);
    expect(response.body).toContain('<a href="//a&#60;b/blockchain?minHeight=_&amp;maxHeight=_">');
  });
});

describe("JSON-RPC over POST", () => {
  it.each(['"x"', "7", "-1", "0", '""', "9007199254740993", '"\\u0041\\/"'])(
    "echoes the id %s as it was written",
    async (id) => {
      const { body } = await serve().call(`{"jsonrpc":"2.0", "id" : ${id}, "method":"health"}`);
      expect(body).toBe(`{"jsonrpc":"2.0","id":${id},"result":{}}`);
    },
  );

  it("echoes each id of a batch, whatever its params name so", async () => {
    const calls =
      '[{"id":1e0,"method":"health"},{"id":2,"method":"nope","params":{"id":3}},{"id":"4","method":"health"}]';
    const answers = (await serve().call(calls)).json();
    expect(answers.map(({ id }: { id: unknown }) => id)).toEqual([null, 2, "4"]);
  });

  it.each([undefined, null, {}, []])("takes the params %j for status", async (params) => {
    const { call, get } = serve();
    const body = (await call({ jsonrpc: "2.0", id: 1, method: "status", params })).json();
    expect(body.result).toEqual((await get("/status")).json());
  });

  it.each([{ params: { height: "2", more: 1 } }, { params: [2] }, { params: ["2"] }])(
    "takes arguments by name and place, and ignores names that the method doesn't have",
    async (p) => {
      const body = (await serve().call({ jsonrpc: "2.0", id: 1, method: "block", ...p })).json();
      expect(body.result.block.header.height).toBe("2");
    },
  );

  it.each([
    ["an unknown method", { id: 1, method: "nope" }, -32601],
    ["an argument where there are none", { id: 1, method: "status", params: { a: 1 } }, -32602],
    ["a value where there are none", { id: 1, method: "status", params: [1] }, -32602],
    ["a value too many", { id: 1, method: "block", params: [1, 2] }, -32602],
    ["a value too few", { id: 1, method: "blockchain", params: [1] }, -32602],
    ["params that are no object", { id: 1, method: "status", params: "x" }, -32602],
    ["a height that is none", { id: 1, method: "block", params: { height: {} } }, -32602],
    ["a block that isn't there", { id: 1, method: "block", params: { height: "99" } }, -32603],
    ["a fractional id", { id: 1.5, method: "status" }, -32700],
    ["an id with an exponent", '{"id":1e2,"method":"status"}', -32700],
    ["an id that is a boolean", { id: true, method: "status" }, -32700],
    ["an id that is an object", { id: {}, method: "status" }, -32700],
    ["another version", { jsonrpc: "1.0", id: 1, method: "status" }, -32700],
    ["no method", { id: 1 }, -32600],
    ["no object", 5, -32700],
    ["no JSON", "{", -32700],
    ["eleven calls", Array(11).fill({ id: 1, method: "health" }), -32700],
  ])("answers %s with HTTP 200 and a code", async (_, payload, code) => {
    const response = await serve().call(payload);
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ jsonrpc: "2.0", error: { code } });
  });

  it("answers a notification with nothing", async () => {
    const { call } = serve();
    for (const payload of [{ method: "status" }, { id: null, method: "status" }, [{ method: "nope" }]]) {
      const response = await call(payload);
      expect([response.statusCode, response.body]).toEqual([200, ""]);
    }
  });

  it("answers a batch of ten in order, notifications aside", async () => {
    const calls = Array.from({ length: 9 }, (_, id) => ({ id, method: id === 4 ? "nope" : "health" }));
    const answers = (await serve().call([...calls, { method: "health" }])).json();
    expect(answers.map(({ id }: { id: number }) => id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(answers[4]).toMatchObject({ error: { code: -32601 } });
  });

  it("refuses a body past the limit, and reads one at it", async () => {
    const { call } = serve();
    const body = JSON.stringify({ id: 1, method: "health" });
    expect((await call(body.padEnd(BODY_LIMIT, " "))).json()).toEqual({ jsonrpc: "2.0", id: 1, result: {} });
    const refused = await call(body.padEnd(BODY_LIMIT + 1, " "));
    expect([refused.statusCode, refused.json().error.code]).toEqual([200, -32600]);
  });
});
