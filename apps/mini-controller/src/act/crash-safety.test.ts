import { describe, expect, test } from "vitest";
import { BOUNDARIES } from "../model/boundary.ts";
import { EXPECTED, playWithKills } from "../testing/crash-run.ts";

describe("a controller that is killed", () => {
  test.each(BOUNDARIES)("at %s loses nothing and doubles nothing", async (at) => {
    expect(await playWithKills([{ at, passing: 1 }])).toEqual({ kills: 1, ...EXPECTED });
  });

  test("again and again in one run, wherever it comes by first, loses nothing and doubles nothing", async () => {
    const outcome = await playWithKills(BOUNDARIES.map((at) => ({ at, passing: 1 })));
    expect(outcome).toEqual({ kills: outcome.kills, ...EXPECTED });
    expect(outcome.kills).toBeGreaterThan(BOUNDARIES.length / 2);
  });
});
