import { ShutdownReason } from "@upgrade-halt/contract";
import type { AnsweredStatus, Evidence } from "./evidence.ts";
import type { SeenNode } from "./verdict.ts";

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
 * What `/status` told of the node. The newest reading says which chain it is on: what was seen of it on another one before
 * counts for nothing.
 */
export function seenOf(evidence: Evidence): SeenNode | undefined {
  const { lastSeen, status } = evidence;
  const told = status?.kind === "answered" ? status.node : undefined;
  const chainId = told?.chainId ?? lastSeen?.chainId;
  const isSame = told?.chainId === undefined || (lastSeen?.chainId ?? chainId) === chainId;
  const height = (isSame ? heightSeen(evidence) : told.height) || undefined;
  return chainId === undefined && height === undefined ? undefined : { chainId, height };
}

/** Whether a status is of another chain than the one that the node was on before, or is expected on. */
export function isOfAnotherChain({ lastSeen, chainId }: Evidence, { node }: AnsweredStatus): boolean {
  const known = lastSeen?.chainId ?? chainId;
  return known !== undefined && node.chainId !== undefined && known !== node.chainId;
}

/** The highest block that the node was ever seen at, 0 for never: what is below it is over. It is no proof of a halt: see `heightNow`. */
export function heightSeen(evidence: Evidence): number {
  const { lastSeen, status } = evidence;
  const told = status?.kind === "answered" && !isOfAnotherChain(evidence, status) ? status.node.height : 0;
  return Math.max(lastSeen?.height ?? 0, told ?? 0);
}

/** The height that can speak for a halt, 0 for none: a node that tells another chain by now was seen nowhere. */
export function heightNow(evidence: Evidence): number {
  const { status } = evidence;
  return status?.kind === "answered" && isOfAnotherChain(evidence, status) ? 0 : heightSeen(evidence);
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

/** The earliest moment at which the newest known process can have begun. */
export function startOfProcess({ process, previous, lastSeen }: Evidence): number | undefined {
  if (process === undefined || process.kind === "waiting")
    return previous?.startedAt ?? lastSeen?.processStartedAt;
  return process.startedAt ?? previous?.endedAt ?? previous?.startedAt ?? lastSeen?.processStartedAt;
}
