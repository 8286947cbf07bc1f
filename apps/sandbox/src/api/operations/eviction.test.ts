import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestApi } from "../../testing/api.ts";
import { PODS, pod } from "../../testing/objects.ts";

let api: TestApi;
beforeEach(async () => {
  api = await TestApi.start();
  await api.post(PODS, pod("one"));
});
afterEach(() => api.stop());

const OTHER = "00000000-0000-0000-0000-000000000000";

function evict(deleteOptions: Record<string, unknown> | undefined, query = "", name = "one") {
  const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name } };
  const body = deleteOptions === undefined ? eviction : { ...eviction, deleteOptions };
  return api.call("POST", `${PODS}/one/eviction${query}`, JSON.stringify(body));
}

async function status(): Promise<number> {
  return (await api.get(`${PODS}/one`)).status;
}

describe("an eviction", () => {
  it("takes the pod away", async () => {
    expect((await evict(undefined)).status).toBe(201);
    expect(await status()).toBe(404);
  });

  it.each([
    ["in its body", { dryRun: ["All"] }, ""],
    ["in its query", undefined, "?dryRun=All"],
    ["in both", { dryRun: ["All"] }, "?dryRun=All"],
  ])("that is a dry run %s leaves the pod", async (_, options, query) => {
    expect((await evict(options, query)).status).toBe(201);
    expect(await status()).toBe(200);
  });

  it("keeps the preconditions of its body", async () => {
    expect((await evict({ preconditions: { uid: OTHER } })).status).toBe(409);
    expect(await status()).toBe(200);
  });

  it("of another name than its path's is refused", async () => {
    expect((await evict(undefined, "", "two")).status).toBe(400);
    expect(await status()).toBe(200);
  });

  it("is refused with a dry run that is none", async () => {
    expect((await evict({ dryRun: ["Some"] })).status).toBe(422);
    expect(await status()).toBe(200);
  });

  it("is held up by a disruption budget that needs the pod", async () => {
    await api.post("/apis/policy/v1/namespaces/default/poddisruptionbudgets", {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "all" },
      spec: { maxUnavailable: 0, selector: {} },
    });
    const conditions = [{ type: "Ready", status: "True" }];
    await api.merge(`${PODS}/one/status`, { status: { phase: "Running", conditions } });
    const { status: code, body } = await evict(undefined);
    expect([code, body.reason]).toEqual([429, "TooManyRequests"]);
    expect(await status()).toBe(200);
  });
});

describe("a dry run", () => {
  it.each(["/binding?dryRun=All"])("of POST pods/one%s binds nothing", async (path) => {
    const binding = {
      apiVersion: "v1",
      kind: "Binding",
      metadata: { name: "one" },
      target: { name: "node" },
    };
    expect((await api.post(`${PODS}/one${path}`, binding)).status).toBe(201);
    expect((await api.get(`${PODS}/one`)).body).not.toHaveProperty("spec.nodeName");
  });

  it("of a delete leaves the pod, whichever way it is asked for", async () => {
    await api.delete(`${PODS}/one`, { kind: "DeleteOptions", apiVersion: "v1", dryRun: ["All"] });
    await api.delete(`${PODS}/one?dryRun=All`);
    await api.delete(PODS, { kind: "DeleteOptions", apiVersion: "v1", dryRun: ["All"] });
    await api.delete(`${PODS}?dryRun=All`);
    expect(await status()).toBe(200);
  });

  it("of PUT namespaces/x/finalize lets the namespace stay", async () => {
    await api.post("/api/v1/namespaces", { metadata: { name: "x" } });
    const held = { metadata: { name: "held", finalizers: ["example.com/hold"] } };
    await api.post("/api/v1/namespaces/x/configmaps", held);
    await api.delete("/api/v1/namespaces/x");
    await api.put("/api/v1/namespaces/x/finalize?dryRun=All", { metadata: { name: "x" }, spec: {} });
    expect((await api.get("/api/v1/namespaces/x")).status).toBe(200);
  });
});
