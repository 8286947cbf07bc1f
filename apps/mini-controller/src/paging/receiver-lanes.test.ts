import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { until } from "@upgrade-halt/testing";
import { afterEach, describe, expect, test } from "vitest";
import { ReceiverLanes } from "./receiver-lanes.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  undo.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const request = (url: string, headers = {}) => ({ url, headers, body: "{}" });

describe("lanes of receivers", () => {
  test("ask one receiver four things at a time", async () => {
    const waiting: (() => void)[] = [];
    const order: string[] = [];
    const url = await serve((asked, response) => {
      order.push(String(asked.headers["x-page"]));
      waiting.push(() => response.writeHead(200).end());
    });
    const lanes = new ReceiverLanes();
    const pages = Array.from({ length: 9 }, (_, index) => String(index));
    const done = pages.map((page) => lanes.deliver(request(url, { "x-page": page })));
    for (let answered = 0; answered < 9; answered += 1) {
      const expected = Math.min(answered + 4, 9);
      await until(`${expected} requests`, () => order.length === expected);
      expect(order.length - answered).toBeLessThanOrEqual(4);
      waiting[answered]?.();
      await done[answered];
    }
    expect(order.toSorted()).toEqual(pages);
  });

  test.each([
    ["/silent", "/good"],
    ["/hook?to=silent", "/hook?to=good"],
  ])("hold up no other receiver of the same host for one that gives no answer: %s", async (never, good) => {
    const url = await serve((asked, response) => {
      if (asked.url === good) response.writeHead(200).end();
    });
    const lanes = new ReceiverLanes();
    let isOver = false;
    const silent = Promise.allSettled(
      Array.from({ length: 8 }, () => lanes.deliver(request(`${url}${never}`))),
    ).finally(() => {
      isOver = true;
    });
    await lanes.deliver(request(`${url}${good}`));
    expect(isOver).toBe(false);
    await silent;
    await expect(lanes.deliver(request(`${url}${never}`))).rejects.toThrow(/did not answer a moment ago/);
    await lanes.deliver(request(`${url}${good}`));
  });

  test("ask a receiver that gave no answer once more after a rest, and fail at once meanwhile", async () => {
    let asked = 0;
    const silent = await serve(() => {
      asked += 1;
    });
    const good = await serve((_, response) => response.writeHead(200).end());
    const lanes = new ReceiverLanes();
    const first = await Promise.allSettled(Array.from({ length: 20 }, () => lanes.deliver(request(silent))));
    expect(asked).toBe(4);
    expect(first.map(({ status }) => status)).toEqual(Array(20).fill("rejected"));
    await expect(lanes.deliver(request(silent))).rejects.toThrow(/did not answer a moment ago/);
    await lanes.deliver(request(good));
    expect(asked).toBe(4);
  });

  test("go on at once with a receiver that refused", async () => {
    let asked = 0;
    const refusing = await serve((_, response) => {
      asked += 1;
      response.writeHead(503).end();
    });
    const lanes = new ReceiverLanes();
    for (let index = 0; index < 6; index += 1)
      await expect(lanes.deliver(request(refusing))).rejects.toThrow(/answered 503/);
    expect(asked).toBe(6);
  });
});
