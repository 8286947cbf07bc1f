import { describe, expect, it } from "vitest";
import { evaluate, parseJsonPath } from "./json-path.ts";

const root = {
  spec: { size: 3, parts: [{ id: "a" }, { id: "b" }], "odd.key": 1 },
  status: { conditions: [{ type: "Ready", status: "True" }] },
};

describe("a JSONPath", () => {
  it.each([
    [".spec.size", [3]],
    [".spec.nothing", []],
    [".spec.parts[0].id", ["a"]],
    [".spec.parts[-1].id", ["b"]],
    [".spec.parts[*].id", ["a", "b"]],
    ["['spec']['size']", [3]],
    [".spec.odd\\.key", [1]],
    ['.status.conditions[?(@.type=="Ready")].status', ["True"]],
    [".status.conditions[?(@.type=='Gone')].status", []],
    [".spec.__proto__", []],
  ])("%s finds %j", (path, found) => {
    expect(evaluate(parseJsonPath(path), root)).toEqual(found);
  });

  it.each(["][", ".a[", ".a[?(@.x>1)]"])("can't be %j", (path) => {
    expect(() => parseJsonPath(path)).toThrow("unreadable JSONPath");
  });
});
