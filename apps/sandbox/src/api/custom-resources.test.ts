import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { arrayAt, at } from "../json/json.ts";
import { TestApi } from "../testing/api.ts";
import { WIDGET_CRD, WIDGETS, widget } from "../testing/objects.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

let api: TestApi;
beforeEach(async () => {
  api = await TestApi.start();
  await api.post(CRDS, WIDGET_CRD);
});
afterEach(() => api.stop());

async function refusal(spec: Parameters<typeof widget>[1]): Promise<readonly unknown[]> {
  const { status, body } = await api.post(WIDGETS, widget("w", spec));
  expect(status).toBe(422);
  return arrayAt(body, "details", "causes").map((cause) => `${at(cause, "field")}: ${at(cause, "message")}`);
}

describe("a custom resource", () => {
  it("is established, discovered and served", async () => {
    const { body } = await api.get(`${CRDS}/widgets.example.com`);
    expect(at(body, "status", "conditions", 1)).toMatchObject({ type: "Established", status: "True" });
    const list = await api.get("/apis/example.com/v1");
    expect(at(list.body, "resources", 0)).toMatchObject({
      name: "widgets",
      kind: "Widget",
      shortNames: ["wd"],
    });
    expect((await api.get(WIDGETS)).body).toMatchObject({ kind: "WidgetList", items: [] });
  });

  it("gets defaults and loses what its schema doesn't know", async () => {
    const { body } = await api.post(WIDGETS, widget("w", { size: 1, nonsense: 1, parts: [{ id: "a" }] }));
    expect(body.spec).toEqual({ size: 1, colour: "red", parts: [{ id: "a", count: 7 }] });
  });

  it("is refused field by field in the server's words", async () => {
    const unchecked =
      "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation";
    expect(await refusal({})).toEqual(["spec.size: Required value", unchecked]);
    expect(await refusal({ size: "three" })).toEqual([
      'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
      unchecked,
    ]);
    expect(await refusal({ size: 0 })).toEqual([
      "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1",
    ]);
    expect(await refusal({ size: 1, colour: "green" })).toEqual([
      'spec.colour: Unsupported value: "green": supported values: "red", "blue"',
      unchecked,
    ]);
    expect(await refusal({ size: 1, parts: [{ id: "a" }, { id: "a" }] })).toEqual([
      'spec.parts[1]: Duplicate value: {"id":"a"}',
    ]);
  });

  it("is held to its CEL rules, transition rules on updates alone", async () => {
    expect(await refusal({ size: 5, max: 4 })).toEqual(["spec: Invalid value: size must not be past max"]);
    await api.post(WIDGETS, widget("w", { size: 1, fixed: "a" }));
    const changed = await api.merge(`${WIDGETS}/w`, { spec: { fixed: "b" } });
    expect([changed.status, changed.body.message]).toEqual([
      422,
      'Widget.example.com "w" is invalid: spec.fixed: Invalid value: "b": fixed can\'t be changed',
    ]);
    expect((await api.merge(`${WIDGETS}/w`, { spec: { size: 2 } })).status).toBe(200);
  });

  it("counts its generation with the spec, not with the status", async () => {
    await api.post(WIDGETS, widget("w", { size: 1 }));
    await api.merge(`${WIDGETS}/w/status`, { status: { seen: 1 } });
    expect(at((await api.get(`${WIDGETS}/w`)).body, "metadata", "generation")).toBe(1);
    await api.merge(`${WIDGETS}/w`, { spec: { size: 2 } });
    expect(at((await api.get(`${WIDGETS}/w`)).body, "metadata", "generation")).toBe(2);
  });

  it("is replaced only with a resourceVersion, and takes no strategic merge patch", async () => {
    await api.post(WIDGETS, widget("w", { size: 1 }));
    expect((await api.put(`${WIDGETS}/w`, widget("w", { size: 2 }))).body.message).toContain(
      "metadata.resourceVersion: Invalid value: 0: must be specified for an update",
    );
    const type = "application/strategic-merge-patch+json";
    expect((await api.call("PATCH", `${WIDGETS}/w`, {}, { type })).status).toBe(415);
  });

  it("prints its own columns", async () => {
    await api.post(WIDGETS, widget("w", { size: 1 }));
    await api.merge(`${WIDGETS}/w/status`, { status: { conditions: [{ type: "Ready", status: "True" }] } });
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
    const { body } = await api.get(WIDGETS, { accept });
    expect(arrayAt(body, "columnDefinitions").map((column) => at(column, "name"))).toEqual([
      "Name",
      "Size",
      "Ready",
      "Age",
    ]);
    expect(at(body, "rows", 0, "cells")).toEqual(["w", 1, "True", expect.stringMatching(/^\d+s$/)]);
  });

  it("goes with its definition", async () => {
    await api.post(WIDGETS, widget("w", { size: 1 }));
    await api.delete(`${CRDS}/widgets.example.com`);
    expect((await api.get(WIDGETS)).status).toBe(404);
    await api.post(CRDS, WIDGET_CRD);
    expect(arrayAt((await api.get(WIDGETS)).body, "items")).toEqual([]);
  });

  it("can't be defined with a rule that is no CEL or a column that is no JSONPath", async () => {
    const broken = JSON.parse(
      JSON.stringify(WIDGET_CRD).replaceAll("widgets", "broken").replace("self == oldSelf", "self =="),
    );
    expect((await api.post(CRDS, broken)).status).toBe(422);
    const column = JSON.parse(
      JSON.stringify(WIDGET_CRD).replaceAll("widgets", "broken").replace(".spec.size", "]["),
    );
    expect((await api.post(CRDS, column)).status).toBe(422);
  });
});
