import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../testing/command.ts";

/** The certificate of localhost, which it signed itself, and its key. */
const LOCALHOST = fileURLToPath(new URL("../../testing/fixtures/localhost.pem", import.meta.url));

const pem = readFileSync(LOCALHOST);
const server = createServer({ cert: pem, key: pem }, (_, response) =>
  response.end('{"sync_info":{"latest_block_height":"30"},"halt_intent":{"reason":70}}'),
);
const url = () => `https://localhost:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  server.listen(0, "localhost");
  await once(server, "listening");
});
afterAll(() => void server.close());

test("a node behind TLS is read where its certificate is trusted", async () => {
  const args = ["check", url(), "--expect-halted"];
  const { code, stderr } = await runCommand(args, { NODE_EXTRA_CA_CERTS: LOCALHOST });
  expect(code, stderr).toBe(0);
});

test("a node behind TLS whose certificate nobody vouches for is not believed", async () => {
  const { code, stdout, stderr } = await runCommand(["check", url(), "--expect-halted"]);
  expect(code).toBe(1);
  expect(stdout + stderr).toContain("its certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)");
});
