import { seededRandom } from "@upgrade-halt/testing";
import { expect, test } from "vitest";
import { fieldCost, type Turn } from "./status-cost.ts";

/** Slices of a machine that gets slower all the time, and is held up now and then. */
function turns(seed: number, ofField: number): readonly Turn[] {
  const random = seededRandom(seed);
  return Array.from({ length: 200 }, (_, turn) => {
    const slice = (): number => (20 + turn) * (1 + 0.02 * random()) * (random() < 0.1 ? 3 : 1);
    return { without: slice(), again: slice(), with: slice() * ofField };
  });
}

test.each([1, 1.05])("a field that makes a request %d times as dear is seen as that", (ofField) => {
  const { cost, noise } = fieldCost([1, 2, 3, 4, 5, 6, 7].map((seed) => turns(seed, ofField)));
  expect(cost.median).toBeCloseTo(ofField - 1, 2);
  expect(noise.median).toBeCloseTo(0, 2);
  expect(cost.least).toBeLessThanOrEqual(cost.median);
  expect(cost.greatest).toBeGreaterThanOrEqual(cost.median);
});
