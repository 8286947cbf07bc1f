import { until } from "@upgrade-halt/testing";
import { describe, expect, it } from "vitest";
import { isAt, stop, testChain } from "./testing/running-node.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

describe("faults on demand", () => {
  it.each([
    ["--fault-panic-at", { code: 2, signal: null }],
    ["--fault-error-at", { code: 1, signal: null }],
    ["--fault-oom-at", { code: null, signal: "SIGKILL" }],
  ])("%s ends the node, and the next one goes on", async (flag, end) => {
    const chain = testChain(temporaryFolder(), []);
    expect(await chain.start("v6.6", flag, "3").ended).toEqual(end);
    await chain.start("v6.6").status(isAt(5));
  });

  it("--fault-hang-at is deaf to all but SIGKILL", async () => {
    const node = testChain(temporaryFolder(), []).start("v6.6", "--fault-hang-at", "2");
    const url = await node.url();
    await until("the hang", () => (node.stderr().includes("height 2: hanging\n") ? true : undefined));
    node.child.kill("SIGTERM");
    await expect(fetch(`${url}/health`, { signal: AbortSignal.timeout(300) })).rejects.toThrow();
    expect(await stop(node, "SIGKILL")).toEqual({ code: null, signal: "SIGKILL" });
  });

  it("--fault-slow-status delays the answer to GET /status alone", async () => {
    const node = testChain(temporaryFolder(), []).start("v6.6", "--fault-slow-status", "200ms");
    expect(await node.get("/health")).toBe("{}");
    const asked = performance.now();
    await node.get("/status");
    expect(performance.now() - asked).toBeGreaterThanOrEqual(190);
  });

  it("--fault-endless-status never ends GET /status, and the node stops all the same", async () => {
    const node = testChain(temporaryFolder(), []).start("v6.6", "--fault-endless-status");
    const response = await fetch(`${await node.url()}/status`);
    expect(response.status).toBe(200);
    const reader = response.body?.getReader();
    for (let pieces = 0; pieces < 5; pieces += 1) expect((await reader?.read())?.done).toBe(false);
    expect((await stop(node)).code).toBe(0);
  });

  it("--fault-populate makes the intent null", async () => {
    const node = testChain(temporaryFolder(), []).start("v6.6", "--fault-populate");
    expect((await node.status(() => true)).halt_intent).toBeNull();
  });
});
