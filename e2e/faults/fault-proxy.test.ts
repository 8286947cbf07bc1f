import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeKubeconfig } from "@upgrade-halt/testing";
import { afterEach, describe, expect, test } from "vitest";
import { type Fault, type FaultProxy, startFaultProxy } from "./fault-proxy.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A proxy before a server that says what it was asked. */
async function start(): Promise<{ proxy: FaultProxy; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push(`${request.method} ${request.url} ${body}`);
    response.writeHead(201, { "x-server": "real" }).write("one ");
    response.end("two");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  undo.push(() => new Promise((resolve) => server.close(resolve)));
  const folder = await mkdtemp(join(tmpdir(), "fault-proxy-"));
  undo.push(() => rm(folder, { recursive: true }));
  const { port } = server.address() as AddressInfo;
  const kubeconfig = await writeKubeconfig(join(folder, "kubeconfig"), {
    server: `http://127.0.0.1:${port}`,
  });
  const proxy = await startFaultProxy(kubeconfig);
  undo.push(() => proxy.stop());
  return { proxy, asked };
}

const post = ({ url }: FaultProxy) => fetch(`${url}/x?y=1`, { method: "POST", body: "z" });

describe("a fault proxy", () => {
  test("passes requests and answers as they are", async () => {
    const { proxy, asked } = await start();
    const response = await post(proxy);
    expect([response.status, response.headers.get("x-server"), await response.text()]).toEqual([
      201,
      "real",
      "one two",
    ]);
    expect(asked).toEqual(["POST /x?y=1 z"]);
    expect(proxy.requests()).toMatchObject([{ method: "POST", path: "/x?y=1", isWatch: false, status: 201 }]);
  });

  test.each([
    ["an answer of its own", { kind: "answer", status: 429, headers: { "retry-after": "1" } }, 429, 0],
    ["a slow answer", { kind: "slow", ms: 1 }, 201, 1],
    ["a cut connection", { kind: "cut" }, undefined, 0],
    ["a lost answer", { kind: "lose-answer" }, undefined, 1],
  ] as const satisfies readonly (readonly [string, Fault, number | undefined, number])[])(
    "gives %s",
    async (_, fault, status, times) => {
      const { proxy, asked } = await start();
      proxy.inject(() => fault);
      const answered = await post(proxy).then(
        (response) => response.status,
        () => undefined,
      );
      expect(answered).toBe(status);
      expect(asked).toHaveLength(times);
    },
  );

  test("says nothing more once it is mute", async () => {
    const { proxy, asked } = await start();
    proxy.inject(() => ({ kind: "mute" }));
    const client = new AbortController();
    const response = await fetch(`${proxy.url}/x`, { signal: client.signal });
    expect([response.status, asked.length]).toEqual([201, 1]);
    const body = response.text();
    const silence = new Promise((resolve) => setTimeout(resolve, 50, "silence"));
    expect(await Promise.race([body, silence])).toBe("silence");
    client.abort();
    await expect(body).rejects.toThrow();
  });

  test("delivers a held request late, even though its client is gone", async () => {
    const { proxy, asked } = await start();
    const { promise: until, resolve } = Promise.withResolvers<void>();
    proxy.inject(() => ({ kind: "hold", until }));
    const client = new AbortController();
    const sent = fetch(`${proxy.url}/late`, { method: "POST", body: "z", signal: client.signal });
    await expect.poll(() => proxy.requests().length).toBe(1);
    client.abort();
    await expect(sent).rejects.toThrow();
    expect(asked).toEqual([]);
    resolve();
    await expect.poll(() => asked).toEqual(["POST /late z"]);
  });

  test("is away while it is down, and back afterwards", async () => {
    const { proxy, asked } = await start();
    proxy.setDown(true);
    await expect(post(proxy)).rejects.toThrow();
    proxy.setDown(false);
    expect((await post(proxy)).status).toBe(201);
    expect(asked).toHaveLength(1);
  });
});
