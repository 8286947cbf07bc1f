import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { arrayAt, at, type JsonObject } from "../../json/json.ts";
import { TestApi } from "../../testing/api.ts";
import { CONFIG_MAPS, configMap } from "../../testing/objects.ts";

let api: TestApi;
beforeEach(async () => {
  api = await TestApi.start();
});
afterEach(() => api.stop());

const SETS = "/apis/apps/v1/namespaces/default/statefulsets";

function apply(manager: string, data: Record<string, string>, force = false) {
  return api.apply(`${CONFIG_MAPS}/a?fieldManager=${manager}&force=${force}`, configMap("a", data));
}

function managers(object: JsonObject): readonly unknown[] {
  return arrayAt(object, "metadata", "managedFields").map((entry) => at(entry, "manager"));
}

describe("server-side apply", () => {
  it("makes the object, then changes it", async () => {
    expect((await apply("one", { k: "1" })).status).toBe(201);
    const second = await apply("one", { k: "2" });
    expect([second.status, second.body.data]).toEqual([200, { k: "2" }]);
  });

  it("removes what its manager no longer applies", async () => {
    await apply("one", { k: "1", l: "1" });
    expect((await apply("one", { k: "1" })).body.data).toEqual({ k: "1" });
  });

  it("leaves what another manager owns as well", async () => {
    await apply("one", { k: "1" });
    await apply("two", { k: "1", l: "1" });
    expect((await apply("two", { l: "1" })).body.data).toEqual({ k: "1", l: "1" });
  });

  it("refuses to change another manager's field, unless forced", async () => {
    await apply("one", { k: "1" });
    const refused = await apply("two", { k: "2" });
    expect([refused.status, refused.body.message]).toEqual([
      409,
      'Apply failed with 1 conflict: conflict with "one": .data.k',
    ]);
    const forced = await apply("two", { k: "2" }, true);
    expect([forced.body.data, managers(forced.body)]).toEqual([{ k: "2" }, ["two"]]);
  });

  it("takes a field from the appliers that an update changed", async () => {
    await apply("one", { k: "1" });
    await api.merge(`${CONFIG_MAPS}/a?fieldManager=editor`, { data: { k: "2" } });
    const refused = await apply("one", { k: "1" });
    expect(refused.body.message).toBe(
      'Apply failed with 1 conflict: conflict with "editor" using v1: .data.k',
    );
  });

  it("writes nothing when nothing changes", async () => {
    const first = await apply("one", { k: "1" });
    const second = await apply("one", { k: "1" });
    expect(at(second.body, "metadata", "resourceVersion")).toBe(
      at(first.body, "metadata", "resourceVersion"),
    );
  });

  it("owns list items by their keys", async () => {
    const set = (containers: JsonObject[]): JsonObject => ({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "s" },
      spec: {
        selector: { matchLabels: { app: "s" } },
        template: { metadata: { labels: { app: "s" } }, spec: { containers } },
      },
    });
    await api.apply(
      `${SETS}/s?fieldManager=one`,
      set([
        { name: "a", image: "x" },
        { name: "b", image: "y" },
      ]),
    );
    const { body } = await api.apply(`${SETS}/s?fieldManager=one`, set([{ name: "b", image: "z" }]));
    const containers = arrayAt(body, "spec", "template", "spec", "containers");
    expect(containers.map((one) => [at(one, "name"), at(one, "image")])).toEqual([["b", "z"]]);
  });

  it("needs a manager and a kind", async () => {
    expect((await api.apply(`${CONFIG_MAPS}/a`, configMap("a"))).status).toBe(422);
    expect((await api.apply(`${CONFIG_MAPS}/a?fieldManager=one`, { data: {} })).status).toBe(400);
  });

  it("reads YAML", async () => {
    const yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n";
    const type = "application/apply-patch+yaml";
    const { body } = await api.call("PATCH", `${CONFIG_MAPS}/a?fieldManager=one`, yaml, { type });
    expect(body.data).toEqual({ k: "v" });
  });
});
