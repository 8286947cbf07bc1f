import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { Agent } from "undici";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { head, rawServer, writeForEver } from "../testing/raw-server.ts";
import { oneConnection } from "./one-connection.ts";
import { readStatus } from "./read-status.ts";
import { readBy } from "./status-reader.ts";
import type { Dispatches } from "./status-request.ts";
import type { StatusFailureKind, StatusResult } from "./status-result.ts";

let dispatcher: Dispatches;

/** Reads a server that answers like this, within a short deadline and 64 KiB. */
async function readFrom(answer: (socket: Socket) => void, timeoutMs = 5_000): Promise<StatusResult> {
  await using server = await rawServer(answer);
  return await readBy(dispatcher, server.url, { timeoutMs, maxBytes: 65_536 });
}

const answering =
  (text: string | Buffer, headers: Record<string, string | number> = {}) =>
  (socket: Socket) => {
    socket.write(head({ "content-length": Buffer.byteLength(text), ...headers }));
    socket.write(text);
  };

const CHUNK = Buffer.alloc(16_384, "x");

const HOSTILE: Record<string, [(socket: Socket) => void, StatusFailureKind]> = {
  "an endless body": [
    (socket) => {
      socket.write(head({}));
      writeForEver(socket, CHUNK);
    },
    "too-large",
  ],
  "an endless chunked body": [
    (socket) => {
      socket.write(head({ "transfer-encoding": "chunked" }));
      writeForEver(socket, Buffer.from(`4000\r\n${CHUNK}\r\n`));
    },
    "too-large",
  ],
  "a header without end": [
    (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nx: ");
      writeForEver(socket, CHUNK);
    },
    "too-large",
  ],
  "headers without end": [
    (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      writeForEver(socket, Buffer.from("x-filler: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n".repeat(200)));
    },
    "too-large",
  ],
  "a content-length of a gigabyte": [answering("{}", { "content-length": 1_000_000_000 }), "too-large"],
  "a content-length that is no number": [answering("{}", { "content-length": "12abc" }), "unreachable"],
  "a body shorter than its content-length": [
    (socket) => socket.end(`${head({ "content-length": 100 })}{"node_info":{`),
    "unreachable",
  ],
  "a gzip bomb": [answering(gzipSync(Buffer.alloc(4_000_000)), { "content-encoding": "gzip" }), "refused"],
  "a redirect to itself": [(socket) => socket.write(redirect("/status")), "refused"],
  "a redirect to a file": [(socket) => socket.write(redirect("file:///etc/passwd")), "refused"],
  "a redirect to another host": [(socket) => socket.write(redirect("http://169.254.169.254/")), "refused"],
  "a reset in the middle of the body": [
    (socket) => {
      socket.write(`${head({ "content-length": 100 })}{"node_info"`);
      socket.resetAndDestroy();
    },
    "unreachable",
  ],
  "a gzip bomb in the transfer encoding": [
    (socket) => {
      const bomb = gzipSync(Buffer.alloc(4_000_000));
      socket.write(head({ "transfer-encoding": "gzip, chunked" }));
      socket.end(
        Buffer.concat([Buffer.from(`${bomb.length.toString(16)}\r\n`), bomb, Buffer.from("\r\n0\r\n\r\n")]),
      );
    },
    "not-a-status",
  ],
  "a switch to another protocol": [
    (socket) =>
      socket.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n"),
    "unreachable",
  ],
  "a hang-up before any answer": [(socket) => socket.destroy(), "unreachable"],
  "bytes that are no HTTP": [(socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"), "unreachable"],
  "a page of HTML": [answering("<html>Available endpoints:</html>"), "not-a-status"],
  "an empty body": [answering(""), "not-a-status"],
  "a JSON string": [answering('"running"'), "not-a-status"],
  "a JSON array": [answering("[]"), "not-a-status"],
  "an object that is no status": [answering('{"current_height":"5"}'), "not-a-status"],
  "deep nesting": [answering(`{"a":${"[".repeat(30_000)}${"]".repeat(30_000)}}`), "not-a-status"],
  "bytes that are no UTF-8": [answering(Buffer.from([0xff, 0xfe, 0x7b, 0x7d])), "not-a-status"],
  "HTTP 404": [
    (socket) => socket.write(`${head({ "content-length": 2 }, "HTTP/1.1 404 Not Found")}{}`),
    "not-a-status",
  ],
  "Sei's error for a GET": [answering('{"code":-32603,"message":"Internal error","data":"x"}'), "rpc-error"],
  "a JSON-RPC error": [
    answering('{"jsonrpc":"2.0","id":-1,"error":{"code":-32603,"message":"Internal error"}}'),
    "rpc-error",
  ],
  "a JSON-RPC envelope with nothing in it": [answering('{"jsonrpc":"2.0","id":-1}'), "not-a-status"],
};

function redirect(location: string): string {
  return head({ location, "content-length": 0 }, "HTTP/1.1 302 Found");
}

describe.each([
  ["undici", () => new Agent()],
  ["a connection of its own", () => oneConnection],
])("over %s", (_, open) => {
  beforeEach(() => {
    dispatcher = open();
  });
  afterEach(async () => {
    if (dispatcher instanceof Agent) await dispatcher.destroy();
  });

  describe("a hostile node", () => {
    test.each(Object.entries(HOSTILE))(
      "with %s gives a result and no exception",
      async (_, [answer, kind]) => {
        const result = await readFrom(answer);
        expect(result).toMatchObject({ kind, problem: expect.stringMatching(/^[^\p{C}\p{Zl}\p{Zp}]+$/u) });
      },
    );

    test("that accepts and says nothing is given up at the deadline", async () => {
      expect(await readFrom(() => {}, 100)).toMatchObject({ kind: "timeout" });
    });

    test("that sends early hints for ever is given up at the deadline", async () => {
      const hint = Buffer.from("HTTP/1.1 103 Early Hints\r\n\r\n");
      expect(await readFrom((socket) => writeForEver(socket, hint), 300)).toMatchObject({ kind: "timeout" });
    });

    test("that half-closes and never answers is not waited for past the deadline", async () => {
      const result = await readFrom((socket) => socket.end(), 1_000);
      expect(["timeout", "unreachable"]).toContain(result.kind);
    });

    test("that sends one byte at a time is given up at the deadline of the whole", async () => {
      const result = await readFrom((socket) => {
        socket.write(head({ "content-length": 60_000 }));
        const timer = setInterval(() => socket.write(" "), 20);
        socket.on("close", () => clearInterval(timer));
      }, 200);
      expect(result).toMatchObject({ kind: "timeout", problem: "no whole answer within 200 ms" });
    });

    test("is hung up on once it was refused", async () => {
      await using server = await rawServer(HOSTILE["an endless body"]?.[0] ?? (() => {}));
      await readBy(dispatcher, server.url, { maxBytes: 65_536 });
      await expect.poll(() => server.openConnections()).toBe(0);
    });
  });

  describe("a caller", () => {
    test("that gives up has an aborted reading", async () => {
      await using server = await rawServer(() => {});
      const controller = new AbortController();
      const reading = readBy(dispatcher, server.url, { signal: controller.signal });
      controller.abort();
      expect(await reading).toMatchObject({ kind: "aborted" });
    });

    test("that gave up before has one too, and no connection is made", async () => {
      await using server = await rawServer(() => {});
      expect(await readBy(dispatcher, server.url, { signal: AbortSignal.abort() })).toMatchObject({
        kind: "aborted",
      });
      expect(server.openConnections()).toBe(0);
    });

    test.each([
      ["file:///etc/passwd"],
      ["ftp://127.0.0.1/status"],
      ["javascript:alert(1)"],
      ["http://user:secret@127.0.0.1/status"],
      ["http://user@127.0.0.1/"],
      ["tcp://127.0.0.1:26657"],
      ["not a url"],
      [""],
    ])("that asks for %j is refused without its words being repeated", async (url) => {
      const result = await readStatus(url);
      expect(result.kind).toBe("refused");
      expect(JSON.stringify(result)).not.toContain("secret");
    });

    test("that asks a port where nobody listens is told so", async () => {
      const { url } = await closedServer();
      expect(await readBy(dispatcher, url, {})).toMatchObject({
        kind: "unreachable",
        problem: "nothing listens there (ECONNREFUSED)",
      });
    });
  });
});

async function closedServer() {
  await using server = await rawServer(() => {});
  return { url: server.url };
}
