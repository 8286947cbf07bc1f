import { memoryUsage } from "node:process";
import { setFlagsFromString } from "node:v8";
import { until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, test } from "vitest";
import { MemorySaver } from "./save-memory.ts";

// V8 gives some back by itself, some eight seconds later.
beforeAll(() => setFlagsFromString("--no-memory-reducer"));
afterAll(() => setFlagsFromString("--memory-reducer"));

/** The heap's size with a million objects in it, of which nothing is kept. */
function heapWithGarbage(): number {
  const objects = Array.from({ length: 1_000_000 }, (_, index) => ({ index, name: `name ${index}` }));
  return objects.length > 0 ? memoryUsage().heapTotal : 0;
}

/** Waits until half of what garbage took of the heap is given back. */
async function garbageGivenBack(then: () => void): Promise<void> {
  const before = memoryUsage().heapTotal;
  const most = heapWithGarbage();
  then();
  await until("the heap to shrink", () => memoryUsage().heapTotal < (before + most) / 2 || undefined);
}

test("what its start left in memory is given back once it is calm, and what it read since", async () => {
  const saver = new MemorySaver(50);
  await garbageGivenBack(() => {});
  await garbageGivenBack(() => saver.litter());
});

test("what halts left in memory is given back once nothing more is done about any", async () => {
  const saver = new MemorySaver(50);
  saver.spend();
  await garbageGivenBack(() => {});
});
