import { expect, test } from "vitest";
import type { Cost } from "./process-cost.ts";
import { rowsOf, type Sample } from "./watching-rows.ts";

function sample(pods: number, rssMiB: number): Sample {
  const cost = (rss: number): Cost => ({
    rssMiB: rss,
    anonymousMiB: rss,
    peakMiB: rss,
    cpuPercent: pods / 100,
  });
  const programs = { controller: cost(rssMiB), informer: cost(rssMiB * 2), bare: cost(40), loaded: cost(80) };
  return { pods, ...programs, readings: { go: pods / 5, others: pods / 5 } };
}

test("memory is held to its target with the fewest pods and with all, beside what the modules alone take", () => {
  const governed = [sample(10, 100), sample(100, 150), sample(1_000, 600)];
  const held = rowsOf(governed, [sample(1_000, 500)]).filter(
    ({ what, target }) => what === "RSS" && target !== undefined,
  );
  expect(held.map(({ value, target, floor }) => [value, target, floor?.value])).toEqual([
    [100, { of: "ratio", atMost: 1.7 }, 80],
    [600, { of: "ratio", atMost: 1 }, 80],
  ]);
});

test("growth is told of pods that nobody governs, too, where there are two sizes of them", () => {
  const growth = (ungoverned: readonly Sample[]) =>
    rowsOf([sample(10, 100)], ungoverned).filter(({ what }) => what.startsWith("RSS ~"));
  expect(growth([sample(100, 100)])).toEqual([]);
  expect(growth([sample(100, 100), sample(1_000, 1_000)])).toMatchObject([
    { what: "RSS ~ pods^k from 100 pods: k", value: expect.closeTo(1), target: { atMost: 1.05 } },
  ]);
});
