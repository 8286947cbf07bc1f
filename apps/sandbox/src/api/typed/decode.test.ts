import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../json/json.ts";
import { decodeTyped } from "./decode.ts";
import { modelNameOf } from "./models.ts";

function decode(kind: string, value: JsonObject, group = "", version = "v1") {
  return decodeTyped(value, modelNameOf(group, version, kind), kind);
}

describe("decodeTyped", () => {
  it("leaves out what a Go struct would lose: unknown fields, nulls, empty lists and maps", () => {
    const value = {
      kind: "Pod",
      nonsense: 1,
      metadata: { labels: {}, annotations: null },
      spec: { containers: [{ args: [] }] },
    };
    expect(decode("Pod", value)).toEqual({
      object: { kind: "Pod", metadata: {}, spec: { containers: [{}] } },
      unknown: ["nonsense"],
    });
  });

  it("names unknown fields by their path", () => {
    const { unknown } = decode("Pod", { spec: { containers: [{ name: "a" }, { nam: "b" }] } });
    expect(unknown).toEqual(["spec.containers[1].nam"]);
  });

  it("keeps values of any kind as they are, empty defaults of a schema among them", () => {
    const schema = {
      openAPIV3Schema: { type: "array", default: [], enum: [[], {}], "x-kubernetes-list-type": "set" },
    };
    const spec = { versions: [{ name: "v1", schema }] };
    const { object, unknown } = decode("CustomResourceDefinition", { spec }, "apiextensions.k8s.io");
    expect(object).toEqual({ spec });
    expect(unknown).toEqual([]);
  });

  it("keeps an empty struct", () => {
    expect(decode("Pod", { spec: { securityContext: {} } }).object).toEqual({
      spec: { securityContext: {} },
    });
  });

  it.each([
    [
      "ConfigMap",
      { data: { a: 1 } },
      "json: cannot unmarshal number into Go struct field ConfigMap.data of type string",
    ],
    [
      "Pod",
      { spec: { containers: {} } },
      "json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container",
    ],
    [
      "Pod",
      { spec: { hostNetwork: "yes" } },
      "json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool",
    ],
    ["Secret", { data: { url: "%%%" } }, "illegal base64 data at input byte 0"],
    [
      "Pod",
      { metadata: { creationTimestamp: "yesterday" } },
      'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    ],
  ])("refuses a %s with %j", (kind, value, message) => {
    expect(() => decode(kind, value)).toThrow(message);
  });

  it("takes numbers and text where either may stand", () => {
    for (const port of [80, "http"]) {
      const value = { spec: { containers: [{ readinessProbe: { httpGet: { port } } }] } };
      expect(decode("Pod", value).object).toEqual(value);
    }
  });
});
