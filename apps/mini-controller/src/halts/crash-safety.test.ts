import { describe, expect, test } from "vitest";
import { EXPECTED, PASSED, playWithKills } from "../testing/crash-story.ts";

describe("a controller that is killed", () => {
  test.each(PASSED)("at %s loses nothing and doubles nothing", async (at) => {
    expect(await playWithKills([{ at, passing: 1 }])).toEqual({ kills: 1, ...EXPECTED });
  });

  test("at every boundary in one story loses nothing and doubles nothing", async () => {
    const kills = PASSED.filter((at) => !at.endsWith("create-halt")).map((at) => ({ at, passing: 1 }));
    const outcome = await playWithKills(kills);
    expect(outcome).toEqual({ kills: outcome.kills, ...EXPECTED });
    expect(outcome.kills).toBeGreaterThan(0);
  });
});
