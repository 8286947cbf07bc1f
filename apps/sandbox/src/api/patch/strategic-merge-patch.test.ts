import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../json/json.ts";
import { cursorOf } from "../apply/type-cursor.ts";
import { applyStrategicPatch } from "./strategic-merge-patch.ts";

const cursor = cursorOf({ builtIn: true });

function patched(target: Json, patch: JsonObject): Json {
  const before = structuredClone(target);
  const result = applyStrategicPatch(target, patch, cursor);
  expect(target).toEqual(before);
  return result;
}

const two = {
  containers: [
    { name: "a", image: "x:1", env: [{ name: "K", value: "1" }] },
    { name: "b", image: "y:1" },
  ],
};

describe("applyStrategicPatch", () => {
  it("merges containers by name and their variables too", () => {
    const patch = { containers: [{ name: "a", image: "x:2", env: [{ name: "L", value: "2" }] }] };
    expect(patched(two, patch)).toEqual({
      containers: [
        {
          name: "a",
          image: "x:2",
          env: [
            { name: "K", value: "1" },
            { name: "L", value: "2" },
          ],
        },
        { name: "b", image: "y:1" },
      ],
    });
  });

  it("replaces lists without a merge key", () => {
    expect(patched({ args: ["a", "b"] }, { args: ["c"] })).toEqual({ args: ["c"] });
  });

  it("deletes an item by $patch: delete and a field by null", () => {
    expect(patched(two, { containers: [{ name: "b", $patch: "delete" }] })).toEqual({
      containers: [two.containers[0]],
    });
    expect(patched({ a: 1, b: 2 }, { a: null })).toEqual({ b: 2 });
  });

  it("replaces a whole list by $patch: replace", () => {
    const patch = { containers: [{ $patch: "replace" }, { name: "c", image: "z" }] };
    expect(patched(two, patch)).toEqual({ containers: [{ name: "c", image: "z" }] });
  });

  it("replaces a whole object by $patch: replace", () => {
    expect(patched({ spec: { a: 1 } }, { spec: { $patch: "replace", b: 2 } })).toEqual({ spec: { b: 2 } });
  });

  it("orders items as $setElementOrder says", () => {
    const patch = { "$setElementOrder/containers": [{ name: "b" }, { name: "a" }], containers: [] };
    expect(patched(two, patch)).toMatchObject({ containers: [{ name: "b" }, { name: "a" }] });
  });

  it("merges finalizers as a set and drops those in $deleteFromPrimitiveList", () => {
    expect(patched({ finalizers: ["a"] }, { finalizers: ["a", "b"] })).toEqual({ finalizers: ["a", "b"] });
    const drop = { "$deleteFromPrimitiveList/finalizers": ["a"] };
    expect(patched({ finalizers: ["a", "b"] }, drop)).toEqual({ finalizers: ["b"] });
  });

  it("keeps only $retainKeys", () => {
    const patch = { strategy: { $retainKeys: ["type"], type: "Recreate" } };
    const before = { strategy: { type: "RollingUpdate", rollingUpdate: {} } };
    expect(patched(before, patch)).toEqual({ strategy: { type: "Recreate" } });
  });

  it("tells a container's ports from a service's", () => {
    const container = { containers: [{ name: "a", ports: [{ containerPort: 1, name: "x" }] }] };
    const patch = { containers: [{ name: "a", ports: [{ containerPort: 1, name: "y" }] }] };
    expect(patched(container, patch)).toEqual({
      containers: [{ name: "a", ports: [{ containerPort: 1, name: "y" }] }],
    });
    expect(patched({ ports: [{ port: 1, name: "x" }] }, { ports: [{ port: 2 }] })).toEqual({
      ports: [{ port: 1, name: "x" }, { port: 2 }],
    });
  });
});
