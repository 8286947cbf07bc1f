import { expect, test } from "vitest";
import { Store } from "./store.ts";
import { objectNamed } from "./testing/scripted-api.ts";
import type { KubeObject } from "./types.ts";

test("the objects under a value are one array until one of them changes, comes or goes", () => {
  const store = new Store<KubeObject>(({ metadata }) => [metadata.namespace ?? ""]);
  const [a, b, newer] = [objectNamed("a", "1"), objectNamed("b", "2"), objectNamed("a", "3")];
  store.put(a);
  const first = store.under("sei");
  expect(first).toEqual([a]);
  expect(store.under("sei")).toBe(first);
  store.put(b);
  expect(store.under("sei")).toEqual([a, b]);
  store.put(newer);
  expect(store.under("sei")).toEqual([b, newer]);
  store.delete("sei/a");
  expect(store.under("sei")).toEqual([b]);
  store.delete("sei/b");
  expect(store.under("sei")).toEqual([]);
  expect(first).toEqual([a]);
});
