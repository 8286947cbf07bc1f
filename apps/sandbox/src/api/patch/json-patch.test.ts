import { describe, expect, it } from "vitest";
import type { Json } from "../../json/json.ts";
import { applyJsonPatch } from "./json-patch.ts";

// The examples of RFC 6902, appendix A.
const EXAMPLES: readonly (readonly [string, Json, Json, Json])[] = [
  [
    "A.1 add a member",
    { foo: "bar" },
    [{ op: "add", path: "/baz", value: "qux" }],
    { baz: "qux", foo: "bar" },
  ],
  [
    "A.2 add an element",
    { foo: ["bar", "baz"] },
    [{ op: "add", path: "/foo/1", value: "qux" }],
    { foo: ["bar", "qux", "baz"] },
  ],
  ["A.3 remove a member", { baz: "qux", foo: "bar" }, [{ op: "remove", path: "/baz" }], { foo: "bar" }],
  [
    "A.4 remove an element",
    { foo: ["bar", "qux", "baz"] },
    [{ op: "remove", path: "/foo/1" }],
    { foo: ["bar", "baz"] },
  ],
  [
    "A.5 replace",
    { baz: "qux", foo: "bar" },
    [{ op: "replace", path: "/baz", value: "boo" }],
    { baz: "boo", foo: "bar" },
  ],
  [
    "A.6 move a value",
    { foo: { bar: "baz", waldo: "fred" }, qux: { corge: "grault" } },
    [{ op: "move", from: "/foo/waldo", path: "/qux/thud" }],
    { foo: { bar: "baz" }, qux: { corge: "grault", thud: "fred" } },
  ],
  [
    "A.7 move an element",
    { foo: ["all", "grass", "cows", "eat"] },
    [{ op: "move", from: "/foo/1", path: "/foo/3" }],
    { foo: ["all", "cows", "eat", "grass"] },
  ],
  [
    "A.10 add a nested object",
    { foo: "bar" },
    [{ op: "add", path: "/child", value: { grandchild: {} } }],
    { foo: "bar", child: { grandchild: {} } },
  ],
  [
    "A.14 escaped pointer",
    { "/": 9, "~1": 10 },
    [{ op: "test", path: "/~01", value: 10 }],
    { "/": 9, "~1": 10 },
  ],
  [
    "A.16 add to the end",
    { foo: ["bar"] },
    [{ op: "add", path: "/foo/-", value: ["abc", "def"] }],
    { foo: ["bar", ["abc", "def"]] },
  ],
];

const REFUSED: readonly (readonly [string, Json, Json])[] = [
  ["A.9 failing test", { baz: "qux" }, [{ op: "test", path: "/baz", value: "bar" }]],
  ["A.12 add to a nonexistent target", { foo: "bar" }, [{ op: "add", path: "/baz/bat", value: "qux" }]],
  ["A.15 compare strings and numbers", { "~1": 10 }, [{ op: "test", path: "/~01", value: "10" }]],
  ["an index with a leading zero", { foo: ["a", "b"] }, [{ op: "remove", path: "/foo/01" }]],
  ["an index past the end", { foo: ["a"] }, [{ op: "add", path: "/foo/2", value: 1 }]],
  ["an unknown operation", {}, [{ op: "sing", path: "/a" }]],
  ["a path that is no pointer", {}, [{ op: "add", path: "a", value: 1 }]],
];

describe("applyJsonPatch", () => {
  it.each(EXAMPLES)("does %s", (_, target, patch, result) => {
    const before = structuredClone(target);
    expect(applyJsonPatch(target, patch)).toEqual(result);
    expect(target).toEqual(before);
  });

  it.each(REFUSED)("refuses %s", (_, target, patch) => {
    expect(() => applyJsonPatch(target, patch)).toThrow(expect.objectContaining({ code: 422 }));
  });

  it("refuses what is no list of operations", () => {
    expect(() => applyJsonPatch({}, { op: "remove" })).toThrow(expect.objectContaining({ code: 400 }));
  });

  it("sets __proto__ as a field like any other", () => {
    const patch = JSON.parse('[{"op":"add","path":"/__proto__","value":{"polluted":true}}]');
    const result = applyJsonPatch({}, patch);
    expect(Object.keys(result as object)).toEqual(["__proto__"]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});
