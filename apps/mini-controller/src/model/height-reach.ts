/** Whether a height is the expected one, or at most `reach` blocks below it. Unknown is no. */
export function isNear(height: number | undefined, expected: number | undefined, reach: number): boolean {
  return height !== undefined && expected !== undefined && height <= expected && height >= expected - reach;
}
