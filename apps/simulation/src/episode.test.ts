import { expect, test } from "vitest";
import { playEpisode } from "./episode.ts";

test("one seed tells the same story again, to the last line", async () => {
  const [one, other] = [await playEpisode({ seed: 3 }), await playEpisode({ seed: 3 })];
  expect(one.story.length).toBeGreaterThan(20);
  expect(other).toEqual(one);
});

test("a chain's upgrade recovers without anybody's help when nothing goes wrong", async () => {
  const results = [];
  for (let seed = 1; seed <= 12; seed += 1) results.push(await playEpisode({ seed, events: [] }));
  expect(results.flatMap(({ broken }) => broken ?? [])).toEqual([]);
  expect(results.reduce((sum, { recovered }) => sum + recovered, 0)).toBeGreaterThan(3);
});
