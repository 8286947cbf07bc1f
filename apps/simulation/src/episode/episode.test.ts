import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { timeOf } from "../cluster/chain.ts";
import type { Event } from "../events/chaos.ts";
import { planOf, playEpisode } from "./episode.ts";

test("one seed plays the same run again, to the last line", async () => {
  const [one, other] = [await playEpisode({ seed: 4 }), await playEpisode({ seed: 4 })];
  expect(one.transcript.length).toBeGreaterThan(20);
  expect(other).toEqual(one);
});

test("nothing of an episode is kept once it is over", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  // Each of its replicas has this function, and waits for news of a watch as the episode ends.
  const onBoundaryOf = async (seed: number) => {
    const onBoundary = () => {};
    await playEpisode({ seed, onBoundary, isRestLeftOut: true });
    return new WeakRef(onBoundary);
  };
  const kept = await onBoundaryOf(4);
  for (let round = 0; round < 10 && kept.deref() !== undefined; round += 1) {
    await setImmediate();
    collect();
  }
  expect(kept.deref()).toBeUndefined();
});

test("a chain's upgrade recovers without anybody's help when nothing goes wrong", async () => {
  const results = [];
  for (let seed = 1; seed <= 12; seed += 1)
    if (!planOf(seed).hasNight) results.push(await playEpisode({ seed, events: [] }));
  expect(results.flatMap(({ broken }) => broken ?? [])).toEqual([]);
  expect(results.reduce((sum, { recovered }) => sum + recovered, 0)).toBeGreaterThan(3);
});

test("a halted pod that a person deletes, and whose process takes minutes to end, has no second one beside it", async () => {
  const results = [];
  for (const seed of [1, 2, 4, 5, 6, 7, 8]) {
    const { chain } = planOf(seed);
    const events = chain.plans.flatMap((plan): Event[] => [
      { at: timeOf(plan) - 5_000, kind: "stay-alive", dice: [0, 0, 0] },
      { at: timeOf(plan) + 400 + 300 * seed, kind: "end-slowly", dice: [0, 0.3, 0.5] },
    ]);
    results.push(await playEpisode({ seed, events }));
  }
  expect(results.flatMap(({ broken }) => broken ?? [])).toEqual([]);
  expect(results.reduce((sum, { recovered }) => sum + recovered, 0)).toBeGreaterThan(3);
});
