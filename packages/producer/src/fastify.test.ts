import { ShutdownReason } from "@upgrade-halt/contract";
import Fastify from "fastify";
import { expect, it, onTestFinished } from "vitest";
import { haltStatus } from "./fastify.ts";
import { createHaltHolder } from "./halt-holder.ts";

function app() {
  const instance = Fastify();
  onTestFinished(() => instance.close());
  return instance;
}

it("serves the node's own status until the node halts, and the intent with it from then on", async () => {
  const holder = createHaltHolder(() => 0);
  const server = app();
  await server.register(haltStatus, { holder, status: () => ({ height: "5" }) });
  const get = async () => (await server.inject("/status")).body;
  expect(await get()).toBe('{"height":"5"}');
  holder.publish(holder.stamp(ShutdownReason.UpgradeRequired, { name: "v6.7", height: 5, info: "" }));
  expect(JSON.parse(await get())).toEqual({ height: "5", halt_intent: holder.snapshot() });
});

it("takes JSON text, and another path", async () => {
  const server = app();
  await server.register(haltStatus, {
    holder: createHaltHolder(() => 0),
    status: async () => '{"a":  1}',
    url: "/node/status",
  });
  expect((await server.inject("/node/status")).body).toBe('{"a":  1}');
});

it("leaves the other routes and its options alone", async () => {
  const holder = createHaltHolder(() => 0);
  holder.publish(holder.stamp(ShutdownReason.UpgradeRequired, { name: "v6.7", height: 5, info: "" }));
  const server = app();
  const options = Object.freeze({ holder, status: () => ({}) });
  server.get("/other", () => ({ a: 1 }));
  await server.register(haltStatus, options);
  expect((await server.inject("/other")).body).toBe('{"a":1}');
});

it("answers null and tells of the fault once when the holder fails", async () => {
  const faults: unknown[] = [];
  const holder = {
    ...createHaltHolder(() => 0),
    snapshot: () => {
      throw new Error("no");
    },
  };
  const server = app();
  await server.register(haltStatus, {
    holder,
    status: () => ({ a: 1 }),
    onFault: (cause) => faults.push(cause),
  });
  expect((await server.inject("/status")).body).toBe('{"a":1,"halt_intent":null}');
  await server.inject("/status");
  expect(faults).toHaveLength(1);
});
