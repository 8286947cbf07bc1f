import { ShutdownReason } from "@upgrade-halt/contract";
import type { AnsweredStatus, Evidence } from "./evidence.ts";

/** Whether a status is of another chain than the one that the node was on before. */
export function isOfAnotherChain({ lastSeen }: Evidence, { node }: AnsweredStatus): boolean {
  return lastSeen?.chainId !== undefined && node.chainId !== undefined && lastSeen.chainId !== node.chainId;
}

/** The highest block that the node was ever seen at, 0 for never. */
export function heightSeen(evidence: Evidence): number {
  const { lastSeen, status } = evidence;
  const told = status?.kind === "answered" && !isOfAnotherChain(evidence, status) ? status.node.height : 0;
  return Math.max(lastSeen?.height ?? 0, told ?? 0);
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
  return process.startedAt ?? previous?.endedAt ?? lastSeen?.processStartedAt;
}
