import { expect, test } from "vitest";
import { findsOfMutant } from "./finds-of-mutant.ts";
import type { Play } from "./play-mutant.ts";

/** Seeds of ten steps, some of which break something under the mutant, and some with all fixes in as well. */
function player({
  mutant,
  always,
}: {
  readonly mutant: readonly number[];
  readonly always: readonly number[];
}) {
  const plays: Play[] = [];
  const playApart = async (play: Play) => {
    plays.push(play);
    const broken = play.name === null ? always : [...mutant, ...always];
    const searched = Array.from({ length: play.steps / 10 }, (_, index) => play.from + index);
    const finds = [...play.seeds, ...searched]
      .filter((seed) => broken.includes(seed))
      .map((seed) => ({ seed, broken: "x", steps: 10, played: (seed - play.from + 1) * 10 }))
      .slice(0, play.wanted);
    return { finds, problem: "" };
  };
  return { plays, playApart };
}

const SEARCH = { name: "a mutant", seeds: [], from: 1, steps: 100, wanted: 1 } as const;
const seedsOf = async (play: Play, { playApart }: ReturnType<typeof player>) =>
  (await findsOfMutant(play, playApart)).finds.map(({ seed }) => seed);

test("a search goes on after seeds that break the program with all fixes in", async () => {
  expect(await seedsOf(SEARCH, player({ mutant: [7], always: [2, 3] }))).toEqual([7]);
  expect(await seedsOf({ ...SEARCH, wanted: 2 }, player({ mutant: [1, 7], always: [3] }))).toEqual([1, 7]);
});

test("a search ends once its steps are done, however many seeds it passed over", async () => {
  const players = player({ mutant: [11], always: [2, 10] });
  expect(await seedsOf(SEARCH, players)).toEqual([]);
  expect(players.plays.filter(({ name }) => name !== null).map(({ from, steps }) => [from, steps])).toEqual([
    [1, 100],
    [3, 80],
  ]);
});

test("a known seed that breaks the program with all fixes in finds nothing, and is played once", async () => {
  const players = player({ mutant: [], always: [5] });
  expect(await seedsOf({ ...SEARCH, seeds: [5], steps: 0 }, players)).toEqual([]);
  expect(players.plays).toHaveLength(2);
});
