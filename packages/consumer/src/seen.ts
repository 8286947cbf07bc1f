import { ShutdownReason } from "@upgrade-halt/contract";

/** Blocks below a plan's height at which a node may have been seen last and still have halted at it: readings are up to 10 s old, and Sei's blocks take about 400 ms. */
export const REACH_BLOCKS = 25;
/** The same for a halt that was inferred: the block before the plan's height, or the one at it. */
export const INFERRED_REACH_BLOCKS = 1;

/** Whether a node that was seen at `seen` can have halted at `height`: neither far below nor past it. Unknown is no. */
export function isWithinReach(
  seen: number | undefined,
  height: number | undefined,
  reach = REACH_BLOCKS,
): boolean {
  if (seen === undefined || seen === 0 || height === undefined) return false;
  return seen <= height && seen >= height - reach;
}

/**
 * Whether a node that was seen at this height (0 for never) is past what a claim is about: above the height of an upgrade that stops it
 * there, or at one that was yet to come.
 */
export function isPast(
  { reason, height }: { readonly reason: number; readonly height?: number | undefined },
  seen: number,
): boolean {
  if (height === undefined || seen === 0) return false;
  if (reason === ShutdownReason.UpgradeRequired) return seen > height;
  return reason === ShutdownReason.BinaryTooNew && seen >= height;
}
