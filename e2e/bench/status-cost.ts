import { median } from "./controller/samples.ts";

/** What a request took, in any unit, in three slices that lay side by side: two without the field, one with it. */
export interface Turn {
  readonly without: number;
  readonly again: number;
  readonly with: number;
}

/** A share over several processes: 0.01 is one percent more. The median lies between the ends with all but 2 % certainty, from seven on. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

export interface FieldCost {
  /** What a request takes more with the field. */
  readonly cost: Spread;
  /** What the same says of two servers that both lack it: how far the method can be trusted here and now. */
  readonly noise: Spread;
}

/**
 * The field's cost out of the turns of each process. Only slices of one turn are compared, so what drifts meanwhile falls out, and
 * only medians are taken, so what disturbs single slices does too.
 */
export function fieldCost(processes: readonly (readonly Turn[])[]): FieldCost {
  const spread = (share: (turn: Turn) => number): Spread => {
    const shares = processes.map((turns) => median(turns.map(share)));
    return { median: median(shares), least: Math.min(...shares), greatest: Math.max(...shares) };
  };
  return {
    cost: spread((turn) => (2 * turn.with) / (turn.without + turn.again) - 1),
    noise: spread((turn) => turn.again / turn.without - 1),
  };
}
