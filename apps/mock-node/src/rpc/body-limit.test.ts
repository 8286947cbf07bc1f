import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { testView } from "../testing/test-view.ts";
import { rpcServer } from "./server.ts";

it.each([1_000_001, 8_000_000])(
  "a client that sends all of its %d bytes before it reads sees the refusal",
  async (size) => {
    const app = rpcServer(testView(1).view, pino({ enabled: false }), {});
    onTestFinished(() => app.close());
    const { port } = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
    const socket = connect(Number(port), "127.0.0.1").pause();
    await once(socket, "connect");
    socket.write(`POST / HTTP/1.1\r\nHost: node\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n`);
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject).write(Buffer.alloc(size, "["), () => resolve());
    });
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*"code":-32600/s);
  },
);
