import { until } from "@upgrade-halt/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, type JsonObject } from "../json/json.ts";
import { TestApi } from "../testing/api.ts";
import { CONFIG_MAPS, configMap } from "../testing/objects.ts";

let api: TestApi;
beforeEach(async () => {
  api = await TestApi.start();
});
afterEach(() => api.stop());

async function exists(name: string): Promise<boolean> {
  return (await api.get(`${CONFIG_MAPS}/${name}`)).status === 200;
}

async function owned(name: string, owner: JsonObject): Promise<void> {
  const reference = {
    apiVersion: "v1",
    kind: "ConfigMap",
    name: String(at(owner, "metadata", "name")),
    uid: at(owner, "metadata", "uid") ?? "",
  };
  await api.post(
    CONFIG_MAPS,
    configMap(name, {}, { ownerReferences: [{ ...reference, blockOwnerDeletion: true }] }),
  );
}

describe("the garbage collector", () => {
  it("deletes dependents after their owner, and theirs", async () => {
    const { body: top } = await api.post(CONFIG_MAPS, configMap("top"));
    await owned("middle", top);
    await owned("bottom", (await api.get(`${CONFIG_MAPS}/middle`)).body);
    await api.delete(`${CONFIG_MAPS}/top`);
    await until("bottom to go", async () => !(await exists("bottom")));
  });

  it("deletes dependents first in the foreground", async () => {
    const { body } = await api.post(CONFIG_MAPS, configMap("top"));
    await owned("child", body);
    await api.merge(`${CONFIG_MAPS}/child`, { metadata: { finalizers: ["example.com/hold"] } });
    await api.delete(`${CONFIG_MAPS}/top`, { propagationPolicy: "Foreground" });
    await until(
      "child to be deleted",
      async () =>
        at((await api.get(`${CONFIG_MAPS}/child`)).body, "metadata", "deletionTimestamp") !== undefined,
    );
    expect(await exists("top")).toBe(true);
    await api.merge(`${CONFIG_MAPS}/child`, { metadata: { finalizers: null } });
    await until("top to go", async () => !(await exists("top")));
  });

  it("lets orphans go", async () => {
    const { body } = await api.post(CONFIG_MAPS, configMap("top"));
    await owned("child", body);
    await api.delete(`${CONFIG_MAPS}/top`, { propagationPolicy: "Orphan" });
    await until("top to go", async () => !(await exists("top")));
    expect(at((await api.get(`${CONFIG_MAPS}/child`)).body, "metadata", "ownerReferences")).toBeUndefined();
  });

  it("deletes what is born without a living owner", async () => {
    await owned("orphan", { metadata: { name: "nobody", uid: "00000000-0000-0000-0000-000000000000" } });
    await until("orphan to go", async () => !(await exists("orphan")));
  });

  it("empties a namespace before it goes, and lets nothing in meanwhile", async () => {
    await api.post("/api/v1/namespaces", { metadata: { name: "n" } });
    const inside = "/api/v1/namespaces/n/configmaps";
    await api.post(inside, configMap("held", {}, { finalizers: ["example.com/hold"] }));
    await api.delete("/api/v1/namespaces/n");
    expect((await api.post(inside, configMap("late"))).status).toBe(403);
    await until(
      "held to be deleted",
      async () => at((await api.get(`${inside}/held`)).body, "metadata", "deletionTimestamp") !== undefined,
    );
    await api.merge(`${inside}/held`, { metadata: { finalizers: null } });
    await until("the namespace to go", async () => (await api.get("/api/v1/namespaces/n")).status === 404);
  });
});
