import { until } from "@upgrade-halt/testing";
import { expect, it } from "vitest";
import { KeyQueue } from "./key-queue.ts";

it("runs a key once at a time, and once more when it was added meanwhile", async () => {
  let running = 0;
  let most = 0;
  let runs = 0;
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const queue = new KeyQueue({
    reconcile: async () => {
      running += 1;
      runs += 1;
      most = Math.max(most, running);
      await gate;
      running -= 1;
    },
  });
  for (let count = 0; count < 5; count += 1) queue.add("a");
  release();
  await until("two runs", () => running === 0 && runs === 2);
  expect([most, runs]).toEqual([1, 2]);
});

it("tries a failed key again with growing waits, and forgets them after a success", async () => {
  const times: number[] = [];
  const errors: unknown[] = [];
  const queue = new KeyQueue({
    firstRetryMs: 10,
    reconcile: async () => {
      times.push(performance.now());
      if (times.length < 4) throw new Error("not yet");
    },
    onError: (_, error) => errors.push(error),
  });
  queue.add("a");
  await until("the fourth try", () => times.length === 4);
  const waits = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  expect(errors).toHaveLength(3);
  for (const [index, wait] of waits.entries()) expect(wait).toBeGreaterThanOrEqual(10 * 2 ** index - 1);
});

it("runs nothing after it was stopped", async () => {
  let runs = 0;
  const queue = new KeyQueue({
    reconcile: async () => {
      runs += 1;
    },
  });
  queue.addAfter("a", 1);
  queue.stop();
  queue.add("b");
  await new Promise((resolve) => setImmediate(resolve));
  expect(runs).toBe(0);
});
