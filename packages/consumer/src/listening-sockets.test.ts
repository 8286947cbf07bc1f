import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { listeningIn, listeningSockets, listensEverywhere } from "./listening-sockets.ts";

const ALL =
  "   0: 00000000:6829 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0";
const ALL_IPV6 =
  "   0: 00000000000000000000000000000000:6829 00000000000000000000000000000000:0000 0A 00000000:00000000 00:0 0";
const LOOPBACK =
  "   0: 0100007F:6829 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1";
const CONNECTION =
  "   0: 00000000:6829 0100007F:A1B2 01 00000000:00000000 00:00000000 00000000     0        0 1";

test.each([
  ["all addresses", ALL, 26665, true],
  ["all addresses of IPv6", ALL_IPV6, 26665, true],
  ["another port", ALL, 26657, false],
  ["loopback alone", LOOPBACK, 26665, false],
  ["a connection", CONNECTION, 26665, false],
  ["nothing", "", 26665, false],
])("what the kernel lists for %s", (_, line, port, isEverywhere) => {
  const sockets = listeningIn(`  sl  local_address rem_address   st\n${line}\n`);
  expect(listensEverywhere(sockets, port)).toBe(isEverywhere);
});

test.skipIf(process.platform !== "linux").each([
  [undefined, true],
  ["127.0.0.1", false],
])("a server that listens at %s", async (host, isEverywhere) => {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  expect(listensEverywhere(listeningSockets(), port)).toBe(isEverywhere);
  server.close();
});
