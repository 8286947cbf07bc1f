import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Random } from "./random.ts";
import { type Program, VirtualTime } from "./virtual-time.ts";

let time: VirtualTime;
let uninstall: () => void;

beforeEach(() => {
  time = new VirtualTime();
  uninstall = time.install(new Random(1));
});

afterEach(() => uninstall());

test("events happen in the order of their times, then of their making", async () => {
  const seen: string[] = [];
  time.later(20, () => seen.push(`c ${time.now}`));
  time.later(10, () => seen.push(`a ${time.now}`));
  time.later(10, () => seen.push(`b ${time.now}`));
  await time.run(() => false);
  expect(seen).toEqual(["a 10", "b 10", "c 20"]);
});

test("a sleep of hours, a timer and an AbortSignal's time-out take no time at all", async () => {
  const seen: string[] = [];
  time.later(0, async () => {
    await sleep(3_600_000);
    seen.push(`slept ${time.now}`);
  });
  setTimeout(() => seen.push(`timer ${Date.now() - Date.UTC(2026, 0, 1)}`), 1_000);
  AbortSignal.timeout(2_000).addEventListener("abort", () => seen.push(`aborted ${performance.now()}`));
  await time.run(() => false);
  expect(seen).toEqual(["timer 1000", "aborted 2000", "slept 3600000"]);
});

test("every promise settles before the next event", async () => {
  const seen: string[] = [];
  time.later(1, async () => {
    for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
    seen.push("settled");
  });
  time.later(1, () => seen.push("next"));
  await time.run(() => false);
  expect(seen).toEqual(["settled", "next"]);
});

test("what a program scheduled dies with it", async () => {
  const program: Program = { name: "one", isAlive: true, skewMs: 0 };
  const seen: string[] = [];
  time.schedule(
    1,
    () => {
      setTimeout(() => seen.push("its timer"), 10);
      void sleep(10).then(() => seen.push("its sleep"));
    },
    program,
  );
  time.later(5, () => {
    program.isAlive = false;
  });
  time.later(20, () => seen.push("another's"));
  await time.run(() => false);
  expect(seen).toEqual(["another's"]);
});

test("a program's wall clock may be wrong, and its steady clock is not", async () => {
  const seen: number[] = [];
  const program: Program = { name: "one", isAlive: true, skewMs: 60_000 };
  time.schedule(5, () => seen.push(Date.now() - Date.UTC(2026, 0, 1), performance.now()), program);
  time.later(5, () => seen.push(Date.now() - Date.UTC(2026, 0, 1)));
  await time.run(() => false);
  expect(seen).toEqual([60_005, 5, 5]);
});

test("what an event throws ends the run", async () => {
  time.later(1, () => {
    throw new Error("broken");
  });
  await expect(time.run(() => false)).rejects.toThrow("broken");
});
