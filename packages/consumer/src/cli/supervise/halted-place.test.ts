import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { freePort, until } from "@upgrade-halt/testing";
import { expect, test } from "vitest";
import { readStatus } from "../../status/read-status.ts";
import { runCommand, startCommand } from "../../testing/command.ts";

const POD = { KUBERNETES_SERVICE_HOST: "10.96.0.1" };
const LINE = 'UPGRADE "v6.7" NEEDED at height: 30: ';
const node = (script: string) => ["--", process.execPath, "-e", script];
/** Loopback is a network of its own: this is no address of `--rpc`, and stands for the pod's. */
const ELSEWHERE = "127.0.0.2";

async function intentAt(host: string, port: number) {
  return await until("the intent", async () => {
    const read = await readStatus(`http://${host}:${port}`);
    return read.kind === "ok" && read.node.haltIntent.kind !== "absent" && read.node.haltIntent;
  });
}

test.skipIf(process.platform !== "linux").each([
  ["with the plan that code and line agree on", `console.error(${JSON.stringify(LINE)});`, "v6.7"],
  ["without a plan that the code alone tells", "", undefined],
])("in a pod a held halt is served at all addresses, %s", async (_, said, plan) => {
  const port = await freePort();
  const args = [
    "exec",
    "--hold",
    "--rpc",
    `tcp://127.0.0.1:${port}`,
    ...node(`${said} process.exitCode = 70`),
  ];
  const command = startCommand(args, POD);
  const told = await intentAt(ELSEWHERE, port);
  const health = await fetch(`http://${ELSEWHERE}:${port}/health`);
  const other = await fetch(`http://${ELSEWHERE}:${port}/abci_info`);
  command.child.kill("SIGTERM");
  const { code, stderr } = await command.ended;
  expect(told).toMatchObject({ kind: "intent", intent: { reason: 70 } });
  expect([health.status, other.status]).toEqual([200, 503]);
  expect(await health.json()).toEqual({ jsonrpc: "2.0", id: -1, result: {} });
  expect(told.kind === "intent" ? told.intent.plan_name : "damaged").toBe(plan);
  expect(stderr).toMatch(/^upgrade-halt: in a pod, a halt is served at port \d+ of all its addresses/);
  expect(code).toBe(70);
});

test.each([
  ["a halt that exec cannot name", "process.exitCode = 85", 85],
  [
    "a halt that was inferred and not announced",
    `console.error("panic: Wrong app version 0, upgrade handler is missing for v6.6 upgrade plan"); process.exitCode = 2`,
    2,
  ],
])("in a pod the place of %s is not kept", async (_, script, expected) => {
  const port = await freePort();
  const { code, stderr } = await runCommand(
    ["exec", "--hold", "--rpc", `http://127.0.0.1:${port}`, ...node(script)],
    POD,
  );
  expect(stderr).toContain("its place is not kept: in a pod");
  expect(code).toBe(expected);
});

test("in a pod no place is kept where the halt cannot be served", async () => {
  const other = createServer().listen(0);
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const args = ["exec", "--hold", "--rpc", `http://127.0.0.1:${port}`, ...node("process.exitCode = 72")];
  const { code, stderr } = await runCommand(args, POD);
  other.close();
  expect(stderr).toContain("so its place is not kept.");
  expect(code).toBe(72);
});

test("an address that nothing is done with does not fit", async () => {
  const { code, stderr } = await runCommand(["exec", "--rpc", "http://127.0.0.1:1", "--", "true"]);
  expect(stderr).toMatch(/--rpc goes with --announce or --hold\.\n$/);
  expect(code).toBe(64);
});
