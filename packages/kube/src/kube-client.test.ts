import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { TestServer } from "@upgrade-halt/testing";
import { afterEach, describe, expect, test } from "vitest";
import type { ClusterAccess } from "./cluster-access.ts";
import { CodedError } from "./coded-error.ts";
import { KubeClient, type KubeClientOptions } from "./kube-client.ts";
import type { KubeObject, WatchEvent } from "./types.ts";

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function accessTo(server: string, headers: Record<string, string> = {}): ClusterAccess {
  return {
    server,
    proxyUrl: undefined,
    namespace: undefined,
    tls: async () => ({}),
    headers: async () => headers,
  };
}

async function connect(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  options: KubeClientOptions = {},
) {
  const server = await TestServer.start(handle);
  const client = await KubeClient.connect(accessTo(server.url, { authorization: "Bearer t0ken" }), options);
  undo.push(
    () => server.stop(),
    () => client.close(),
  );
  return { server, client };
}

const answer =
  (status: number, body: object, headers: Record<string, string> = {}) =>
  (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, headers).end(JSON.stringify(body));
  };

describe("a Kubernetes client", () => {
  test.each([
    [404, { reason: "NotFound" }, "not-found"],
    [409, { reason: "AlreadyExists" }, "already-exists"],
    [409, { reason: "Conflict" }, "conflict"],
    [410, { reason: "Expired" }, "gone"],
    [403, {}, "forbidden"],
    [401, {}, "unauthorized"],
    [422, { reason: "Invalid" }, "invalid"],
    [429, {}, "too-many-requests"],
    [500, {}, "server-error"],
  ])("HTTP %i %j is %s", async (status, extra, code) => {
    const { client } = await connect(answer(status, { kind: "Status", message: "because", ...extra }));
    await expect(client.get("/x")).rejects.toMatchObject({ code, message: `GET /x: ${status} because` });
  });

  test("answers however many texts are followed, where connections have no bound", async () => {
    const { server, client } = await connect(
      (request, response) => {
        if (request.url === "/log") response.write("first\n");
        else response.end("{}");
      },
      { connections: null },
    );
    const following = new AbortController();
    const first = await Promise.all(
      Array.from({ length: 64 }, async () => {
        const lines = client.lines("/log", following.signal)[Symbol.asyncIterator]();
        return (await lines.next()).value as string;
      }),
    );
    expect(new Set(first)).toEqual(new Set(["first"]));
    await client.get("/x");
    expect(server.connections).toBe(65);
    following.abort();
  });

  test("takes no more of a text than it was asked to, of one that never ends", async () => {
    let sent = 0;
    const { client } = await connect((request, response) => {
      expect(request.headers.accept).toContain("text/plain");
      response.writeHead(200, { "content-type": "text/plain" });
      const write = (): void => {
        sent += 65_536;
        if (!response.destroyed && sent < 2 ** 30) response.write(Buffer.alloc(65_536, "x"), write);
      };
      write();
    });
    const found = await client.text("/log", { tailLines: 10 }, 1_000_000);
    expect([found.text.length, found.isWhole]).toEqual([1_000_000, false]);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  test.each(["", "a\nb\n"])("takes a short text whole: %j", async (text) => {
    const { client } = await connect((_, response) => void response.end(text));
    expect(await client.text("/log", {}, 4)).toEqual({ text, isWhole: true });
  });

  test("reads no page of a list that is too large to its end, but for a page of one", async () => {
    const items = [{ metadata: { name: "x".repeat(9 * 1024 * 1024) } }];
    const { client } = await connect(answer(200, { metadata: { resourceVersion: "1" }, items }));
    await expect(client.list("/pods", { limit: 2 })).rejects.toMatchObject({ code: "too-large" });
    expect((await client.list("/pods", { limit: 1 })).items).toHaveLength(1);
    expect((await client.list("/pods")).items).toHaveLength(1);
  });

  /** Answers with a compressed list to whoever takes one, as an API server does. */
  const compressed = (list: object) => (request: IncomingMessage, response: ServerResponse) => {
    const isTaken = request.headers["accept-encoding"] === "gzip";
    response.writeHead(200, isTaken ? { "content-encoding": "gzip" } : {});
    response.end(isTaken ? gzipSync(JSON.stringify(list)) : JSON.stringify(list));
  };
  const listOf = (name: string) => ({ metadata: { resourceVersion: "1" }, items: [{ metadata: { name } }] });

  test("takes metadata compressed, and nothing else", async () => {
    const encodings: unknown[] = [];
    const { client } = await connect((request, response) => {
      encodings.push(request.headers["accept-encoding"]);
      compressed(listOf("a"))(request, response);
    });
    for (const as of ["metadata", undefined] as const)
      expect((await client.list("/pods", {}, as)).items).toEqual([{ metadata: { name: "a" } }]);
    expect(encodings).toEqual(["gzip", undefined]);
  });

  test("does not decompress more than a page may have", async () => {
    const { client } = await connect(compressed(listOf("x".repeat(9 * 1024 * 1024))));
    await expect(client.list("/pods", { limit: 2 }, "metadata")).rejects.toMatchObject({ code: "too-large" });
  });

  test("says of an answer that can't be decompressed that there was none", async () => {
    const { client } = await connect((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end("{}");
    });
    await expect(client.list("/pods", {}, "metadata")).rejects.toMatchObject({ code: "unreachable" });
  });

  test("takes the status of an answer without a body for what it is, said to be compressed or not", async () => {
    const { client } = await connect((_, response) => {
      response.writeHead(404, { "content-encoding": "gzip" }).end();
    });
    await expect(client.list("/pods", {}, "metadata")).rejects.toMatchObject({ code: "not-found" });
  });

  test("asks for the metadata of objects alone, and takes them whole from a server that knows no other form", async () => {
    const accepted: unknown[] = [];
    const { client } = await connect(({ headers }, response) => {
      accepted.push(headers.accept);
      response.end(JSON.stringify({ metadata: { resourceVersion: "1" }, items: [] }));
    });
    await client.list("/pods");
    await client.list("/pods", {}, "metadata");
    const form = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
    expect(accepted).toEqual(["application/json", `${form},application/json`]);
  });

  test("passes on how long the server asks to wait", async () => {
    const { client } = await connect(answer(429, { message: "slow down" }, { "retry-after": "7" }));
    await expect(client.create("/x", {})).rejects.toMatchObject({ retryAfterMs: 7_000 });
    const status = { message: "slow down", details: { retryAfterSeconds: 3 } };
    const { client: other } = await connect(answer(504, status));
    await expect(other.create("/x", {})).rejects.toMatchObject({ retryAfterMs: 3_000 });
    const { client: third } = await connect(answer(429, status, { "retry-after": "99999" }));
    await expect(third.create("/x", {})).rejects.toMatchObject({ retryAfterMs: 60_000 });
  });

  test("says whose answer it was when it was no JSON", async () => {
    const { client } = await connect((_, response) =>
      response.writeHead(502).end("<html>bad gateway</html>"),
    );
    await expect(client.get("/x")).rejects.toMatchObject({ code: "server-error", message: /bad gateway/ });
  });

  test("keeps its connections for the requests that follow", async () => {
    const { client, server } = await connect(answer(200, {}));
    for (let index = 0; index < 20; index += 1) await client.get("/x");
    expect(server.connections).toBeLessThanOrEqual(2);
  });

  test("names the server that can't be reached", async () => {
    const { client, server } = await connect(answer(200, {}));
    const { url } = server;
    await server.stop();
    await expect(client.get("/x")).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringContaining(url),
    });
  });

  test("sends nothing that is forbidden, and reads all the same", async () => {
    const seen: string[] = [];
    const forbid = () => {
      throw new CodedError("not-leading", "no");
    };
    const { client } = await connect(
      (request, response) => {
        seen.push(request.method ?? "");
        response.end("{}");
      },
      { allowWrite: forbid },
    );
    await client.get("/x");
    const writes = [
      () => client.create("/x", {}),
      () => client.mergePatch("/x", {}),
      () => client.jsonPatch("/x", []),
      () => client.replace("/x", {}),
      () => client.remove("/x", "uid"),
    ];
    for (const write of writes) await expect(write()).rejects.toMatchObject({ code: "not-leading" });
    expect(seen).toEqual(["GET"]);
  });

  test("sends nothing that was allowed when it was asked for and is forbidden when it would be sent", async () => {
    const seen: string[] = [];
    let leading = true;
    const allowWrite = () => {
      if (!leading) throw new CodedError("not-leading", "no");
    };
    const { client } = await connect(
      (request, response) => {
        seen.push(request.method ?? "");
        response.end("{}");
      },
      { allowWrite },
    );
    const waitsForItsConnection = client.create("/x", {});
    leading = false;
    await expect(waitsForItsConnection).rejects.toMatchObject({ code: "not-leading" });
    expect(seen).toEqual([]);
    leading = true;
    await client.create("/x", {});
    expect(seen).toEqual(["POST"]);
  });

  test("says what it sends: patch types, preconditions, credentials", async () => {
    const seen: (readonly [string | undefined, string | undefined, string])[] = [];
    const { client } = await connect((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        seen.push([request.headers.authorization, request.headers["content-type"], body]);
        response.end("{}");
      });
    });
    await client.mergePatch("/x", { a: null });
    await client.jsonPatch("/x", [{ op: "test", path: "/a", value: 1 }]);
    await client.remove("/x", "uid-1");
    await client.remove("/x", "uid-1", { resourceVersion: "7", gracePeriodSeconds: 1 });
    expect(seen).toEqual([
      ["Bearer t0ken", "application/merge-patch+json", '{"a":null}'],
      ["Bearer t0ken", "application/json-patch+json", '[{"op":"test","path":"/a","value":1}]'],
      [
        "Bearer t0ken",
        "application/json",
        '{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"uid-1"}}',
      ],
      [
        "Bearer t0ken",
        "application/json",
        '{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"uid-1","resourceVersion":"7"},"gracePeriodSeconds":1}',
      ],
    ]);
  });

  test("yields a watch's events as they come, across chunks, and drops one that was cut off", async () => {
    const event = (name: string) => JSON.stringify({ type: "ADDED", object: { metadata: { name } } });
    const { client } = await connect((_, response) => {
      response.write(`${event("a")}\n${event("ü").slice(0, 20)}`);
      response.write(`${event("ü").slice(20)}\n${event("c").slice(0, 9)}`);
      response.end();
    });
    const names: string[] = [];
    const events: AsyncIterable<WatchEvent<KubeObject>> = client.watch(
      "/x",
      {},
      new AbortController().signal,
    );
    for await (const { type, object } of events) if (type !== "ERROR") names.push(object.metadata.name);
    expect(names).toEqual(["a", "ü"]);
  });

  test("a watch that is refused says so by its code", async () => {
    const { client } = await connect(answer(410, { message: "too old resource version" }));
    const watch = client.watch("/x", {}, new AbortController().signal)[Symbol.asyncIterator]();
    await expect(watch.next()).rejects.toMatchObject({ code: "gone" });
  });
});
