import { expect, test } from "vitest";
import { marksOf } from "./marks.ts";
import type { Told } from "./types.ts";

const paged = (id: number, node: string): Told => ({
  id: `1-${id}`,
  event: { at: "2026-01-01T00:00:00.000Z", kind: "paged", node, key: "k", summary: "s" },
});

test("the newest events of each node are drawn, and a node without a new one keeps its marks", () => {
  const told = Array.from({ length: 100 }, (_, id) => paged(id, id % 2 === 0 ? "a" : "b"));
  const before = marksOf(told, new Map());
  expect(before.get("a")?.length).toBe(40);
  expect(before.get("a")?.at(-1)).toBe(told[98]);
  const after = marksOf([...told, paged(100, "a")], before);
  expect(after.get("a")?.at(-1)?.id).toBe("1-100");
  expect(after.get("b")).toBe(before.get("b"));
});
