/** What one size cost. */
export interface SizedCost {
  readonly size: number;
  /** In any unit. */
  readonly cost: number;
}

/** k from one size to another, with cost ~ size^k: 1 is linear, 0 is the same at any size. */
export function growthBetween(small: SizedCost, large: SizedCost): number {
  return Math.log(large.cost / small.cost) / Math.log(large.size / small.size);
}
