import { until } from "@upgrade-halt/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestApi } from "../testing/api.ts";
import { testClient } from "../testing/client.ts";
import { CONFIG_MAPS, configMap } from "../testing/objects.ts";
import { ResourceCache } from "./resource-cache.ts";
import { CONFIG_MAPS as KIND } from "./resource-path.ts";

let api: TestApi;
let stopping: AbortController;
beforeEach(async () => {
  api = await TestApi.start();
  stopping = new AbortController();
});
afterEach(async () => {
  stopping.abort();
  await api.stop();
});

async function started(): Promise<{ cache: ResourceCache; told: string[] }> {
  const cache = new ResourceCache(await testClient(api.server.url), KIND, { namespace: "default" });
  const told: string[] = [];
  cache.onChange((key, object) => told.push(`${key} ${object === undefined ? "gone" : "is"}`));
  await cache.start(stopping.signal);
  return { cache, told };
}

describe("a resource cache", () => {
  it("holds what is there once it has started, then follows", async () => {
    await api.post(CONFIG_MAPS, configMap("a"));
    const { cache, told } = await started();
    expect(cache.get("default/a")).toMatchObject({ kind: "ConfigMap", metadata: { name: "a" } });
    await api.post(CONFIG_MAPS, configMap("b"));
    await api.delete(`${CONFIG_MAPS}/a`);
    await until("three changes", () => told.length === 3);
    expect(told).toEqual(["default/a is", "default/b is", "default/a gone"]);
  });

  it("asks for nothing where its signal has aborted already", async () => {
    await api.post(CONFIG_MAPS, configMap("a"));
    const late = new ResourceCache(await testClient(api.server.url), KIND, { namespace: "default" });
    void late.start(AbortSignal.abort());
    const { cache } = await started();
    expect(cache.get("default/a")).toBeDefined();
    expect(late.values()).toEqual([]);
  });

  it("comes back after the server was away, and has missed nothing", async () => {
    const { cache } = await started();
    const port = Number(new URL(api.server.url).port);
    await api.stop();
    api = await TestApi.start({ port });
    await api.post(CONFIG_MAPS, configMap("new"));
    await until("the new object", () => cache.get("default/new"));
  });

  it("lists again when its resourceVersion was compacted away", async () => {
    const { cache } = await started();
    const { store } = api.server;
    const port = Number(new URL(api.server.url).port);
    await api.post(CONFIG_MAPS, configMap("a"));
    await until("a", () => cache.get("default/a"));
    await api.stop();
    api = await TestApi.start({ port, historyLimit: 0 }, (anew) => {
      const metadata = { name: "m", namespace: "default" };
      while (anew.revision <= store.revision)
        anew.commit("ADDED", "/configmaps", { apiVersion: "v1", kind: "ConfigMap", metadata });
    });
    await until("the new state", () => cache.get("default/a") === undefined && cache.get("default/m"));
  });

  it("takes what a write returned before its event arrives, and not an older state after it", async () => {
    const { cache } = await started();
    const { body } = await api.post(CONFIG_MAPS, configMap("a", { k: "1" }));
    const newer = (await api.merge(`${CONFIG_MAPS}/a`, { data: { k: "2" } })).body;
    cache.put(newer as never);
    cache.put(body as never);
    expect(cache.get("default/a")?.data).toEqual({ k: "2" });
  });

  it("tells of nothing after the listener was taken back", async () => {
    const { cache, told } = await started();
    const other: string[] = [];
    const forget = cache.onChange((key) => other.push(key));
    forget();
    await api.post(CONFIG_MAPS, configMap("a"));
    await until("the change", () => told.length === 1);
    expect(other).toEqual([]);
  });
});
