import { expect, test } from "vitest";
import { type Block, rowsOf } from "./block-rows.ts";

/** A block for which the controller took so many ms and CPU seconds, and the bare client half of them. */
function block(nodes: number, ms: number, cpu: number): Block {
  const side = (share: number) => ({
    ...{ halted: 1, swapped: ms * share, proven: ms * share, cpu: cpu * share, bytes: 1_024 * nodes },
    requests: new Map([["PATCH pods", 2 * nodes]]),
  });
  return { nodes, controller: [side(1)], bare: [side(0.5)], careful: [side(0.8)] };
}

test("growth is told from each size to the next, for both sides", () => {
  const grown = rowsOf([block(10, 100, 1), block(100, 1_000, 100)]).filter(({ what }) =>
    what.includes("nodes^k"),
  );
  expect(grown.map(({ what, value, beside }) => [what, value, beside?.value])).toEqual([
    ["time ~ nodes^k from 10 nodes: k", expect.closeTo(1), expect.closeTo(1)],
    ["CPU ~ nodes^k from 10 nodes: k", expect.closeTo(2), expect.closeTo(2)],
  ]);
  expect(grown.map(({ target }) => target)).toEqual(Array(2).fill({ of: "value", atMost: 1.05 }));
});

test("the largest block alone is held to the targets of a size, and its requests are told by kind", () => {
  const rows = rowsOf([block(10, 100, 1), block(100, 1_000, 10)]);
  const held = rows.filter(({ target, what }) => target !== undefined && !what.includes("nodes^k"));
  expect(new Set(held.map(({ part }) => part))).toEqual(
    new Set(["100 nodes halt in one block (medians of 1 rounds)"]),
  );
  expect(rows.at(-1)).toMatchObject({ what: "PATCH pods", value: 2 });
  expect(rows.filter(({ what }) => what === "PATCH pods")).toHaveLength(1);
});

test("what the rereads alone would take stands beside each figure", () => {
  const [time] = rowsOf([block(10, 100, 1)]).filter(({ what }) => what === "all recorded and swapped");
  expect(time?.floor).toEqual({ what: "these and the rereads", value: 0.08 });
});

test("one size alone has no growth", () => {
  expect(rowsOf([block(10, 100, 1)]).filter(({ what }) => what.includes("^k"))).toEqual([]);
});
