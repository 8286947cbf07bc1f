import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { readStatus } from "../../status/read-status.ts";
import { announceTest } from "../../testing/announce-place.ts";
import { startCommand } from "../../testing/command.ts";

const test = announceTest.concurrent;

test("kept alive, it serves the node's last status with the halt at the node's own address", async ({
  place,
}) => {
  const args = place.announce("--standstill", "500", "--stay-alive");
  const command = startCommand([...args, ...place.legacyNode({ height: 30 })]);
  const status = await until("the intent", async () => {
    const read = await readStatus(`http://127.0.0.1:${place.port}`);
    return read.kind === "ok" && read.node.haltIntent.kind !== "absent" && read;
  });
  command.child.kill("SIGTERM");
  expect((await command.ended).code).toBe(70);
  expect(status).toMatchObject({
    envelope: "json-rpc",
    node: {
      chainId: "test-1",
      height: 30,
      haltIntent: { kind: "intent", intent: { reason: 70, plan_name: "v6.7", height: 30 } },
    },
  });
});

announceTest
  .skipIf(process.platform !== "linux")
  .concurrent.for<[string, string, Record<string, string>, boolean]>([
    ["on all addresses where the node did", "0.0.0.0", {}, true],
    ["on loopback alone where the node did", "127.0.0.1", {}, false],
    ["on all addresses in a pod", "127.0.0.1", { KUBERNETES_SERVICE_HOST: "10.96.0.1" }, true],
  ])("kept alive, it serves %s", async ([, host, env, isEverywhere], { place }) => {
  const args = place.announce("--standstill", "500", "--stay-alive");
  const command = startCommand([...args, ...place.legacyNode({ height: 30, host })], env);
  const reads = (address: string) => readStatus(`http://${address}:${place.port}`);
  await until("the intent", async () => {
    const read = await reads("127.0.0.1");
    return read.kind === "ok" && read.node.haltIntent.kind === "intent";
  });
  const elsewhere = await reads("127.0.0.2");
  command.child.kill("SIGTERM");
  const { stderr } = await command.ended;
  expect(elsewhere.kind).toBe(isEverywhere ? "ok" : "unreachable");
  expect(stderr.includes("alone: the node was not seen to serve elsewhere")).toBe(!isEverywhere);
});
