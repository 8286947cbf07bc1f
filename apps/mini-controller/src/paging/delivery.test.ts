import type { ServerResponse } from "node:http";
import { TestServer } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { deliver } from "./delivery.ts";

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function urlOf(answer: (response: ServerResponse) => void): Promise<string> {
  const server = await TestServer.start((request, response) => {
    request.resume().on("end", () => answer(response));
  });
  undo.push(() => server.stop());
  return server.url;
}

const send = (url: string) => deliver({ url, headers: {}, body: "{}" });

test("a page is delivered once its receiver says so, however long the answer goes on", async () => {
  await send(await urlOf((response) => void response.writeHead(202).write("and so on")));
  await send(await urlOf((response) => void response.writeHead(200).end("x".repeat(5_000_000))));
});

test("a page is not delivered where its receiver breaks off before it says so", async () => {
  await expect(send(await urlOf((response) => void response.destroy()))).rejects.toMatchObject({
    code: "page-refused",
  });
});

test("a redirect is no delivery, and is not followed", async () => {
  let followed = 0;
  const elsewhere = await urlOf((response) => {
    followed += 1;
    response.writeHead(202).end();
  });
  const url = await urlOf((response) => void response.writeHead(307, { location: elsewhere }).end());
  await expect(send(url)).rejects.toThrow(/answered 307/);
  expect(followed).toBe(0);
});
