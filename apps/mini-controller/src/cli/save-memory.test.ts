import { memoryUsage } from "node:process";
import { until } from "@upgrade-halt/testing";
import { expect, test } from "vitest";
import { MemorySaver } from "./save-memory.ts";

/** The heap's size with a million objects in it, of which nothing is kept. */
function heapWithGarbage(): number {
  const objects = Array.from({ length: 1_000_000 }, (_, index) => ({ index, name: `name ${index}` }));
  return objects.length > 0 ? memoryUsage().heapTotal : 0;
}

test("what its start left in memory is given back once it is calm, and what it read since", async () => {
  const saver = new MemorySaver(50);
  for (const litter of [() => {}, () => saver.litter()]) {
    const most = heapWithGarbage();
    litter();
    await until("the heap to shrink", () => memoryUsage().heapTotal < most / 2 || undefined);
  }
});

test("what halts left in memory is given back once nothing more is done about any", async () => {
  const saver = new MemorySaver(50);
  saver.spend();
  const most = heapWithGarbage();
  await until("the heap to shrink", () => memoryUsage().heapTotal < most / 2 || undefined);
  expect(memoryUsage().heapTotal).toBeLessThan(most / 2);
});
