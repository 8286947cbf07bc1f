import { until } from "@upgrade-halt/testing";
import { afterEach, describe, expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";
import { KeyQueue, type KeyQueueOptions } from "./key-queue.ts";
import { KubeError } from "./kube-error.ts";

const queues: KeyQueue[] = [];
afterEach(async () => {
  for (const queue of queues.splice(0)) await queue.stop();
});

function queueOf(handle: KeyQueueOptions["handle"], options: Partial<KeyQueueOptions> = {}) {
  const failures: number[] = [];
  const queue = new KeyQueue({
    handle,
    onError: (_, __, count) => failures.push(count),
    backoff: { baseMs: 1, maxMs: 4 },
    ...options,
  });
  queues.push(queue);
  return { queue, failures };
}

/** A handler that stays in hand until it is let go. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, open: resolve };
}

describe("a key queue", () => {
  test("holds a key that waits once", async () => {
    const [handled, first] = [[] as string[], gate()];
    const { queue } = queueOf(
      async (key) => {
        handled.push(key);
        await first.promise;
        return {};
      },
      { workers: 1 },
    );
    queue.add("busy");
    for (let index = 0; index < 5; index += 1) queue.add("a");
    expect(queue.depth).toBe(1);
    first.open();
    await until("both", () => handled.length === 2);
    expect(handled).toEqual(["busy", "a"]);
  });

  test("handles urgent keys first, and one of the others in eight turns", async () => {
    const [handled, first] = [[] as string[], gate()];
    const { queue } = queueOf(
      async (key) => {
        handled.push(key);
        await first.promise;
        return {};
      },
      { workers: 1, isUrgent: (key) => key.startsWith("u") },
    );
    queue.add("u0");
    queue.add("p0");
    queue.add("p1");
    for (let index = 1; index < 10; index += 1) queue.add(`u${index}`);
    expect(queue.depth).toBe(11);
    first.open();
    await until("all", () => handled.length === 12);
    const patientAt = ["p0", "p1"].map((key) => handled.indexOf(key));
    expect(patientAt[0], "not before the urgent ones, and not after all of them").toBeGreaterThan(1);
    expect(patientAt[0]).toBeLessThanOrEqual(8);
    expect(patientAt[1]).toBe(11);
  });

  test("lets lanes take turns, so that one of a thousand keys holds no other up", async () => {
    const [handled, first] = [[] as string[], gate()];
    const { queue } = queueOf(
      async (key) => {
        handled.push(key);
        await first.promise;
        return {};
      },
      { workers: 1, laneOf: (key) => key.slice(0, 1) },
    );
    for (let index = 0; index < 1_000; index += 1) queue.add(`a${index}`);
    queue.add("b0");
    queue.add("b1");
    expect(queue.depth).toBe(1_001);
    first.open();
    await until("both of the other lane", () => handled.includes("b1"));
    expect(handled.indexOf("b0")).toBeLessThanOrEqual(2);
    expect(handled.indexOf("b1")).toBeLessThanOrEqual(4);
  });

  test("leaves workers for other lanes when the keys of one hang", async () => {
    const [handled, hang] = [[] as string[], gate()];
    const { queue } = queueOf(
      async (key) => {
        handled.push(key);
        if (key.startsWith("a")) await hang.promise;
        return {};
      },
      { workers: 4, laneWorkers: 3, laneOf: (key) => key.slice(0, 1) },
    );
    for (let index = 0; index < 9; index += 1) queue.add(`a${index}`);
    for (let index = 0; index < 9; index += 1) queue.add(`b${index}`);
    await until("the other lane", () => handled.includes("b8"));
    expect(handled.filter((key) => key.startsWith("a"))).toHaveLength(3);
    hang.open();
    await until("all", () => handled.length === 18);
  });

  test("handles a key again that was added while it was in hand, and never twice at a time", async () => {
    let [active, most, runs] = [0, 0, 0];
    const first = gate();
    const { queue } = queueOf(async () => {
      active += 1;
      most = Math.max(most, active);
      runs += 1;
      if (runs === 1) await first.promise;
      active -= 1;
      return {};
    });
    queue.add("a");
    queue.add("a");
    queue.add("a");
    first.open();
    await until("two runs", () => runs === 2);
    expect(most).toBe(1);
  });

  test("works on as many keys at a time as it has workers", async () => {
    let active = 0;
    const all = gate();
    const { queue } = queueOf(
      async () => {
        active += 1;
        await all.promise;
        return {};
      },
      { workers: 3 },
    );
    for (let index = 0; index < 9; index += 1) queue.add(`key-${index}`);
    expect(active).toBe(3);
    expect(queue.depth).toBe(6);
    all.open();
  });

  test("tries a failed key again, counts its failures, and forgets them on success", async () => {
    let runs = 0;
    const { queue, failures } = queueOf(async () => {
      runs += 1;
      if (runs === 3 || runs === 5) return {};
      throw new Error("no");
    });
    queue.add("a");
    await until("a success", () => runs === 3);
    queue.add("a");
    await until("another", () => runs === 5);
    expect(failures).toEqual([1, 2, 1]);
  });

  test("waits as long as the server asked", async () => {
    const at: number[] = [];
    const { queue } = queueOf(async () => {
      at.push(performance.now());
      if (at.length === 1) throw new KubeError("too-many-requests", "x", { retryAfterMs: 120 });
      return {};
    });
    queue.add("a");
    await until("the retry", () => at.length === 2);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(119);
  });

  test("leaves a key alone for as long as the server asked, whatever changes meanwhile", async () => {
    const at: number[] = [];
    const { queue } = queueOf(async () => {
      at.push(performance.now());
      if (at.length === 1) throw new KubeError("too-many-requests", "x", { retryAfterMs: 120 });
      return {};
    });
    queue.add("a");
    await until("the refusal", () => at.length === 1);
    for (let index = 0; index < 5; index += 1) queue.add("a");
    await until("the retry", () => at.length === 2);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(119);
    queue.add("a");
    // No timer comes first, as none would that asks for a wait.
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    expect(at).toHaveLength(3);
  });

  test("limits the rate of retries over all keys", async () => {
    let runs = 0;
    const { queue } = queueOf(
      async () => {
        runs += 1;
        throw new Error("no");
      },
      { retriesPerSecond: 20 },
    );
    for (let index = 0; index < 10; index += 1) queue.add(`key-${index}`);
    const began = performance.now();
    await until("ten retries", () => runs >= 20);
    expect(performance.now() - began).toBeGreaterThan(350);
  });

  test("comes back after the earliest of several wishes", async () => {
    let runs = 0;
    const { queue } = queueOf(async () => {
      runs += 1;
      return {};
    });
    queue.addAfter("a", 60_000);
    queue.addAfter("a", 1);
    queue.addAfter("a", 60_000);
    await until("one run", () => runs === 1);
  });

  test("stops when what is in hand has ended, and takes nothing more", async () => {
    const [first, ended] = [gate(), [] as string[]];
    const { queue } = queueOf(async (key) => {
      await first.promise;
      ended.push(key);
      return {};
    });
    queue.add("a");
    const stopped = Promise.all([queue.stop(), queue.stop()]);
    queue.add("b");
    first.open();
    await stopped;
    expect(ended).toEqual(["a"]);
  });
});

test("back-off doubles to its maximum, half of it random", () => {
  const options = { baseMs: 100, maxMs: 1_000 };
  expect([1, 2, 3, 4, 5, 99].map((failures) => backoffMs(failures, options, 0))).toEqual([
    50, 100, 200, 400, 500, 500,
  ]);
  expect(backoffMs(2, options, 0.999)).toBeCloseTo(200, 0);
});
