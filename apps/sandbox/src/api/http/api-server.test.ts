import { once } from "node:events";
import { get } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at } from "../../json/json.ts";
import { TestApi } from "../../testing/api.ts";
import { CONFIG_MAPS, configMap, PODS, pod } from "../../testing/objects.ts";

let api: TestApi;
beforeEach(async () => {
  api = await TestApi.start();
});
afterEach(() => api.stop());

describe("create", () => {
  it("gives uid, resourceVersion, creationTimestamp and managedFields", async () => {
    const { status, body } = await api.post(`${CONFIG_MAPS}?fieldManager=me`, configMap("a", { k: "v" }));
    expect(status).toBe(201);
    expect(at(body, "metadata", "uid")).toMatch(/^[0-9a-f-]{36}$/);
    expect(at(body, "metadata", "resourceVersion")).toMatch(/^\d+$/);
    expect(at(body, "metadata", "creationTimestamp")).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(at(body, "metadata", "managedFields", 0)).toMatchObject({
      manager: "me",
      operation: "Update",
      fieldsV1: { "f:data": { "f:k": {} } },
    });
  });

  it("completes generateName with a random end", async () => {
    const object = { ...configMap(""), metadata: { generateName: "it-" } };
    const { body } = await api.post(CONFIG_MAPS, object);
    expect(at(body, "metadata", "name")).toMatch(/^it-[a-z0-9]{5}$/);
  });

  it("refuses a name that is taken with a whole Status", async () => {
    await api.post(CONFIG_MAPS, configMap("a"));
    const { status, body } = await api.post(CONFIG_MAPS, configMap("a"));
    expect(status).toBe(409);
    expect(body).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: 'configmaps "a" already exists',
      reason: "AlreadyExists",
      details: { name: "a", kind: "configmaps" },
      code: 409,
    });
  });

  it("refuses a namespace that isn't there", async () => {
    const { status, body } = await api.post("/api/v1/namespaces/nowhere/configmaps", configMap("a"));
    expect([status, body.message]).toEqual([404, 'namespaces "nowhere" not found']);
  });

  it("refuses a name that no DNS label could be", async () => {
    const { status, body } = await api.post(CONFIG_MAPS, configMap("No_Good"));
    expect([status, body.reason]).toEqual([422, "Invalid"]);
  });

  it("stores nothing with dryRun=All", async () => {
    expect((await api.post(`${CONFIG_MAPS}?dryRun=All`, configMap("a"))).status).toBe(201);
    expect((await api.get(`${CONFIG_MAPS}/a`)).status).toBe(404);
  });

  it("drops unknown fields of built-in types, and refuses them under Strict", async () => {
    const odd = { ...configMap("a"), nonsense: 1 };
    const strict = await api.post(`${CONFIG_MAPS}?fieldValidation=Strict`, odd);
    expect([strict.status, strict.body.message]).toEqual([
      400,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "nonsense"',
    ]);
    const lenient = await api.post(CONFIG_MAPS, odd);
    expect(lenient.body).not.toHaveProperty("nonsense");
    expect(lenient.headers.get("warning")).toBe('299 - "unknown field \\"nonsense\\""');
  });

  it("fills what a pod leaves out", async () => {
    const { body } = await api.post(PODS, pod("p"));
    expect(body.spec).toMatchObject({ restartPolicy: "Always", terminationGracePeriodSeconds: 30 });
    expect(at(body, "spec", "containers", 0)).toMatchObject({
      terminationMessagePath: "/dev/termination-log",
    });
    expect(body.status).toMatchObject({ phase: "Pending" });
  });
});

describe("update", () => {
  it("refuses an old resourceVersion with 409", async () => {
    const { body } = await api.post(CONFIG_MAPS, configMap("a"));
    await api.merge(`${CONFIG_MAPS}/a`, { data: { k: "1" } });
    const second = await api.put(`${CONFIG_MAPS}/a`, { ...body, data: { k: "2" } });
    expect([second.status, second.body.message]).toEqual([
      409,
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    ]);
  });

  it("leaves the resourceVersion alone when nothing changes", async () => {
    const { body } = await api.post(CONFIG_MAPS, configMap("a", { k: "1" }));
    const again = await api.merge(`${CONFIG_MAPS}/a`, { data: { k: "1" } });
    expect(at(again.body, "metadata", "resourceVersion")).toBe(at(body, "metadata", "resourceVersion"));
  });

  it("refuses another uid", async () => {
    const { body } = await api.post(CONFIG_MAPS, configMap("a"));
    const other = { ...body, metadata: { name: "a", uid: "00000000-0000-0000-0000-000000000000" } };
    expect((await api.put(`${CONFIG_MAPS}/a`, other)).status).toBe(409);
  });

  it("keeps spec and status apart", async () => {
    await api.post(PODS, pod("p"));
    await api.merge(`${PODS}/p`, { status: { phase: "Running" } });
    expect(at((await api.get(`${PODS}/p`)).body, "status", "phase")).toBe("Pending");
    await api.merge(`${PODS}/p/status`, { status: { phase: "Running" }, spec: { nodeName: "x" } });
    const { body } = await api.get(`${PODS}/p`);
    expect([at(body, "status", "phase"), at(body, "spec", "nodeName")]).toEqual(["Running", undefined]);
  });

  it("refuses to change a pod's spec but for its images", async () => {
    await api.post(PODS, pod("p"));
    const image = { spec: { containers: [{ name: "main", image: "registry.k8s.io/pause:3.9" }] } };
    const type = "application/strategic-merge-patch+json";
    expect((await api.call("PATCH", `${PODS}/p`, image, { type })).status).toBe(200);
    const { status, body } = await api.merge(`${PODS}/p`, { spec: { hostNetwork: true } });
    expect([status, body.message]).toEqual([
      422,
      expect.stringContaining("pod updates may not change fields"),
    ]);
  });
});

describe("delete", () => {
  it("answers Success, then 404", async () => {
    await api.post(CONFIG_MAPS, configMap("a"));
    expect((await api.delete(`${CONFIG_MAPS}/a`)).body).toMatchObject({ kind: "Status", status: "Success" });
    expect((await api.delete(`${CONFIG_MAPS}/a`)).status).toBe(404);
  });

  it("holds to the preconditions", async () => {
    const { body } = await api.post(CONFIG_MAPS, configMap("a"));
    const wrong = await api.delete(`${CONFIG_MAPS}/a`, { preconditions: { uid: "other" } });
    expect([wrong.status, wrong.body.reason]).toEqual([409, "Conflict"]);
    const old = await api.delete(`${CONFIG_MAPS}/a`, { preconditions: { resourceVersion: "1" } });
    expect(old.status).toBe(409);
    const uid = at(body, "metadata", "uid") ?? "";
    expect((await api.delete(`${CONFIG_MAPS}/a`, { preconditions: { uid } })).status).toBe(200);
  });

  it("waits for finalizers, and takes no new ones meanwhile", async () => {
    await api.post(CONFIG_MAPS, configMap("a", {}, { finalizers: ["example.com/hold"] }));
    const { body } = await api.delete(`${CONFIG_MAPS}/a`);
    expect(at(body, "metadata", "deletionTimestamp")).toBeDefined();
    const more = await api.merge(`${CONFIG_MAPS}/a`, {
      metadata: { finalizers: ["example.com/hold", "example.com/more"] },
    });
    expect(more.status).toBe(422);
    await api.merge(`${CONFIG_MAPS}/a`, { metadata: { finalizers: null } });
    expect((await api.get(`${CONFIG_MAPS}/a`)).status).toBe(404);
  });

  it("gives a bound pod its grace period, and ends it at 0", async () => {
    await api.post(PODS, pod("p", { nodeName: "n", terminationGracePeriodSeconds: 7 }));
    const { body } = await api.delete(`${PODS}/p`);
    expect(at(body, "metadata", "deletionGracePeriodSeconds")).toBe(7);
    await api.delete(`${PODS}/p`, { gracePeriodSeconds: 0 });
    expect((await api.get(`${PODS}/p`)).status).toBe(404);
  });

  it("deletes a whole selection", async () => {
    await api.post(CONFIG_MAPS, configMap("a", {}, { labels: { x: "1" } }));
    await api.post(CONFIG_MAPS, configMap("b"));
    await api.delete(`${CONFIG_MAPS}?labelSelector=x=1`);
    expect((await api.get(`${CONFIG_MAPS}/a`)).status).toBe(404);
    expect((await api.get(`${CONFIG_MAPS}/b`)).status).toBe(200);
  });
});

describe("list", () => {
  it("reads one consistent state in pages", async () => {
    for (const name of ["a", "b", "c"]) await api.post(CONFIG_MAPS, configMap(name));
    const first = await api.get(`${CONFIG_MAPS}?limit=2`);
    expect(at(first.body, "metadata", "remainingItemCount")).toBe(1);
    await api.delete(`${CONFIG_MAPS}/c`);
    const token = String(at(first.body, "metadata", "continue"));
    const second = await api.get(`${CONFIG_MAPS}?limit=2&continue=${token}`);
    expect(at(second.body, "items", 0, "metadata", "name")).toBe("c");
    expect(at(second.body, "metadata", "resourceVersion")).toBe(
      at(first.body, "metadata", "resourceVersion"),
    );
  });

  it("answers 504 for a resourceVersion of the future", async () => {
    const { status, body } = await api.get(`${CONFIG_MAPS}?resourceVersion=99999999`);
    expect([status, body.reason]).toEqual([504, "Timeout"]);
  });

  it("selects by label and field", async () => {
    await api.post(PODS, pod("p", { nodeName: "n" }));
    await api.post(PODS, pod("q"));
    const { body } = await api.get(`${PODS}?fieldSelector=${encodeURIComponent("spec.nodeName=n")}`);
    expect(at(body, "items", 0, "metadata", "name")).toBe("p");
    expect(at(body, "items", 1)).toBeUndefined();
  });
});

describe("what is no resource", () => {
  it("tells an unknown resource from an unknown path", async () => {
    expect((await api.get("/api/v1/nonsenses")).body.message).toBe(
      "the server could not find the requested resource",
    );
    expect((await api.get("/apis/nowhere.example.com/v1/things")).body.text).toBe("404 page not found\n");
  });

  it("refuses a body that is no JSON, and one above 3 MiB", async () => {
    expect((await api.call("POST", CONFIG_MAPS, "{ not json")).status).toBe(400);
    expect((await api.call("POST", CONFIG_MAPS, "x".repeat(3 * 1024 * 1024 + 1))).status).toBe(413);
  });

  it("serves no page of a browser, and no foreign host name", async () => {
    expect((await api.get(CONFIG_MAPS, { headers: { origin: "https://example.com" } })).status).toBe(403);
    const { port } = new URL(api.server.url);
    const request = get({ host: "127.0.0.1", port, path: CONFIG_MAPS, headers: { host: "example.com" } });
    const [answer] = await once(request, "response");
    answer.resume();
    expect(answer.statusCode).toBe(403);
  });

  it("says why a port can't be had", async () => {
    const port = Number(new URL(api.server.url).port);
    await expect(TestApi.start({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});
