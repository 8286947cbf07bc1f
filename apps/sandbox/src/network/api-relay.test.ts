import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { GATES } from "../actions/names.ts";
import { controllerPackage } from "../scenario/controller-process.ts";
import { ApiRelay, type RelayedWrite } from "./api-relay.ts";
import { Gates, gateOf } from "./gates.ts";

const STATUS = "/apis/upgrade-halt.dev/v1alpha1/namespaces/sei/nodehalts/h/status";
const SET = "/apis/apps/v1/namespaces/sei/statefulsets/sei-0";

describe("the gate of a write", () => {
  it.each([
    ["PUT", STATUS, { status: { phase: "Swapping" } }, "journal-Swapping"],
    ["PATCH", STATUS, [{ op: "add", path: "/status/phase", value: "Held" }], "journal-Held"],
    ["PUT", STATUS, { status: { phase: "Dancing" } }, undefined],
    ["POST", "/apis/upgrade-halt.dev/v1alpha1/namespaces/sei/nodehalts", {}, "journal-Recorded"],
    ["POST", "/api/v1/namespaces/sei/events", {}, undefined],
    ["PATCH", SET, {}, "set-image"],
    ["DELETE", "/api/v1/namespaces/sei/pods/sei-0-0", {}, "delete-pod"],
    ["PATCH", "/api/v1/namespaces/sei/events/e", {}, undefined],
  ])("%s %s", (method, path, body, gate) => {
    expect(gateOf({ method, path, body })).toBe(gate);
  });

  it("is there for each step that a journal may have", async () => {
    const crd = join(dirname(controllerPackage()), "deploy/crds/nodehalts.yaml");
    const { spec } = parse(await readFile(crd, "utf8"));
    const phases: readonly string[] =
      spec.versions[0].schema.openAPIV3Schema.properties.status.properties.phase.enum;
    expect(phases).toContain("Withdrawn");
    const written = phases.filter((phase) => phase !== "Detected").map((phase) => `journal-${phase}`);
    expect(GATES.filter((gate) => gate.startsWith("journal-")).toSorted()).toEqual(written.toSorted());
  });
});

describe("the network to the API server", () => {
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0).toReversed()) close();
  });

  async function start() {
    const seen: string[] = [];
    const server: Server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      response.writeHead(201, { "content-type": "application/json" }).end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(
      () => server.closeAllConnections(),
      () => server.close(),
    );
    const gates = new Gates();
    const writes: RelayedWrite[] = [];
    const { port } = server.address() as AddressInfo;
    const relay = new ApiRelay({
      server: `http://127.0.0.1:${port}`,
      controller: 0,
      gates,
      onWrite: (write) => writes.push(write),
    });
    const url = await relay.start();
    closing.push(() => relay.stop());
    const send = (method: string, path: string, signal?: AbortSignal) =>
      fetch(`${url}${path}`, {
        method,
        headers: { authorization: "Bearer t" },
        ...(method === "GET" ? {} : { body: "{}" }),
        ...(signal === undefined ? {} : { signal }),
      });
    return { seen, gates, writes, relay, send };
  }

  it("passes requests on with their credentials, and tells of the writes", async () => {
    const { seen, writes, send } = await start();
    expect((await send("GET", "/api?watch=1")).status).toBe(201);
    expect((await send("PATCH", `${SET}?x=1`)).status).toBe(201);
    expect(seen).toEqual(["GET /api?watch=1 Bearer t", `PATCH ${SET}?x=1 Bearer t`]);
    expect(writes).toEqual([{ controller: 0, method: "PATCH", path: SET, status: 201 }]);
  });

  it("holds one write at its gate until that is released, and no other", async () => {
    const { seen, gates, send } = await start();
    gates.hold("set-image");
    const first = send("PATCH", SET);
    await until("it to be held", () => gates.held().includes("set-image"));
    await send("PATCH", SET);
    expect(seen).toHaveLength(1);
    gates.release("set-image");
    expect((await first).status).toBe(201);
    expect(gates.held()).toEqual([]);
  });

  it("never sends what its client gave up while it was held", async () => {
    const { seen, gates, send } = await start();
    gates.hold("set-image");
    const client = new AbortController();
    const given = send("PATCH", SET, client.signal).catch(() => "given up");
    await until("it to be held", () => gates.held().length === 1);
    client.abort();
    expect(await given).toBe("given up");
    await until("nothing to be held", () => gates.held().length === 0);
    gates.release("set-image");
    await send("GET", "/after");
    expect(seen).toEqual(["GET /after Bearer t"]);
  });

  it("resets every connection while it is cut", async () => {
    const { relay, send } = await start();
    relay.setDown(true);
    await expect(send("GET", "/api")).rejects.toThrow();
    relay.setDown(false);
    expect((await send("GET", "/api")).status).toBe(201);
  });
});
