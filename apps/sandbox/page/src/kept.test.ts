import { describe, expect, test } from "vitest";
import { type Kept, keep, MOST_TOLD } from "./kept.ts";
import type { State, Told } from "./types.ts";

const NOTHING: Kept = { state: undefined, told: [] };

function told(run: number, from: number, to: number): readonly Told[] {
  const at = "2026-01-01T00:00:00.000Z";
  return Array.from({ length: to - from + 1 }, (_, index) => ({
    id: `${run}-${from + index}`,
    event: { at, kind: "chapter", title: "A chapter" },
  }));
}

function state(...heights: readonly number[]): State {
  const nodes = heights.map((height, index) => ({ node: `sei-${index}`, height }));
  return { run: 1, nodes, halts: [], policy: {} } as unknown as State;
}

describe("what the page keeps", () => {
  test("is of the newest run alone", () => {
    const before = keep(NOTHING, { state: undefined, told: told(1, 1, 3) });
    expect(keep(before, { state: undefined, told: told(2, 1, 2) }).told).toEqual(told(2, 1, 2));
    expect(keep(before, { state: undefined, told: [...told(1, 4, 4), ...told(2, 1, 1)] }).told).toEqual(
      told(2, 1, 1),
    );
  });

  test("has every event once, also where a server that came back tells it again", () => {
    const before = keep(NOTHING, { state: undefined, told: told(1, 1, 3) });
    expect(keep(before, { state: undefined, told: told(1, 2, 4) }).told).toEqual(told(1, 1, 4));
  });

  test("does not grow with the run", () => {
    let kept = NOTHING;
    for (let from = 1; from <= 10 * MOST_TOLD; from += MOST_TOLD / 4)
      kept = keep(kept, { state: undefined, told: told(1, from, from + MOST_TOLD / 4 - 1) });
    expect(kept.told.length).toBe(MOST_TOLD);
    expect(kept.told.at(-1)?.id).toBe(`1-${10 * MOST_TOLD}`);
  });

  test("is the same object where the news say the same, so that it is not drawn again", () => {
    const before = keep(NOTHING, { state: state(5, 6), told: told(1, 1, 1) });
    const after = keep(before, { state: state(5, 7), told: [] });
    expect(after.state).toEqual(state(5, 7));
    expect(after.state?.nodes[0]).toBe(before.state?.nodes[0]);
    expect(after.state?.nodes[1]).not.toBe(before.state?.nodes[1]);
    expect(after.told).toBe(before.told);
    expect(keep(after, { state: state(5, 7), told: [] }).state).toBe(after.state);
  });

  test("follows a list that became shorter or longer", () => {
    const before = keep(NOTHING, { state: state(5, 6, 7), told: [] });
    expect(keep(before, { state: state(5, 6), told: [] }).state).toEqual(state(5, 6));
    expect(keep(before, { state: state(5, 6, 7, 8), told: [] }).state).toEqual(state(5, 6, 7, 8));
  });
});
