import { describe, expect, it } from "vitest";
import { changedFields, fieldsOf, fromFieldsV1, toFieldsV1, valueAt } from "./field-set.ts";
import { cursorOf } from "./type-cursor.ts";

const cursor = cursorOf({ builtIn: true });
const object = {
  metadata: { labels: { a: "1" }, finalizers: ["x"] },
  spec: { args: ["p"], containers: [{ name: "c", image: "i" }], empty: {} },
};
const fieldsV1 = {
  "f:metadata": { "f:finalizers": { 'v:"x"': {} }, "f:labels": { "f:a": {} } },
  "f:spec": {
    "f:args": {},
    "f:containers": { 'k:{"name":"c"}': { ".": {}, "f:image": {}, "f:name": {} } },
    "f:empty": {},
  },
};

describe("a field set", () => {
  it("is written as FieldsV1 and read back", () => {
    const fields = fieldsOf(object, cursor);
    expect(toFieldsV1(fields)).toEqual(fieldsV1);
    expect(fromFieldsV1(fieldsV1)).toEqual(fields);
  });

  it("finds the value of each of its paths", () => {
    for (const path of fieldsOf(object, cursor)) expect(valueAt(object, path, cursor)).toBeDefined();
  });

  it("holds what changed alone", () => {
    const after = {
      ...object,
      spec: { ...object.spec, containers: [{ name: "c", image: "j" }, { name: "d" }] },
    };
    expect(toFieldsV1(changedFields(object, after, cursor))).toEqual({
      "f:spec": {
        "f:containers": {
          'k:{"name":"c"}': { "f:image": {} },
          'k:{"name":"d"}': { ".": {}, "f:name": {} },
        },
      },
    });
  });
});
