import { expect, test } from "vitest";
import { FAST_MS, pollInterval, SLOW_MS } from "./poll-interval.ts";

const pace = { height: 100, msPerBlock: 400, expectedHeights: [200], failures: 0, urgent: false };

test.each([
  ["half the way to the expected height, when that is near", { ...pace, height: 190 }, 2_000],
  ["no slower than the slowest pace", { ...pace, height: 1, expectedHeights: [1e9] }, SLOW_MS],
  ["fast right before the height and at it", { ...pace, height: 200 }, FAST_MS],
  ["slow once it is passed", { ...pace, height: 201 }, SLOW_MS],
  ["slow when nothing is expected", { ...pace, expectedHeights: [] }, SLOW_MS],
  ["fast until the node's pace is known", { ...pace, msPerBlock: undefined }, FAST_MS],
  ["fast when a halt waits for the next height", { ...pace, expectedHeights: [], urgent: true }, FAST_MS],
  ["by the nearest of several heights", { ...pace, expectedHeights: [50, 105, 9_000] }, 1_000],
  ["soon after a first failure", { ...pace, failures: 1 }, FAST_MS],
  ["less often after many", { ...pace, failures: 20 }, SLOW_MS],
  ["at least every second while somebody waits", { ...pace, failures: 20, urgent: true }, 1_000],
])("polls %s", (_, given, ms) => expect(pollInterval(given)).toBe(ms));
