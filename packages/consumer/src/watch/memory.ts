import { classify } from "../classify.ts";
import type { Evidence, HaltBelief, KnownHalt, LastSeen, ListedPlan, StatusSighting } from "../evidence.ts";
import type { Verdict } from "../verdict.ts";

/** What a watcher knows of one node between readings. */
export interface Memory {
  readonly lastSeen: LastSeen;
  /** Latches from one reading to the next until the node is seen free of it. */
  readonly believed: HaltBelief | undefined;
}

export interface Judged {
  readonly verdict: Verdict;
  readonly memory: Memory;
}

/** Judges one reading in the light of the ones before, and what to remember of it. */
export function judgeReading(memory: Memory, status: StatusSighting, listed: readonly ListedPlan[]): Judged {
  const evidence: Evidence = { status, listed, ...memory };
  const verdict = classify(evidence);
  const believed = beliefAfter(memory.believed, verdict);
  return { verdict, memory: { lastSeen: seenNow(memory.lastSeen, status, verdict), believed } };
}

function beliefAfter(before: HaltBelief | undefined, verdict: Verdict): HaltBelief | undefined {
  switch (verdict.kind) {
    case "halted":
      return before?.kind === "halted" && isSameHalt(before, verdict) ? before : verdict;
    case "unrecognised-halt":
      return verdict;
    case "running":
      return undefined;
    default:
      return before;
  }
}

/** A belief that did not change is kept as it is: what is made anew for each reading of a node is costly to collect. */
function isSameHalt(a: KnownHalt, b: KnownHalt): boolean {
  return (
    a.reason === b.reason &&
    a.plan === b.plan &&
    a.height === b.height &&
    a.corroborated === b.corroborated &&
    a.sources.length === b.sources.length &&
    a.sources.every((source, i) => source === b.sources[i])
  );
}

/**
 * A node keeps the chain that it was seen on first, and the height at which it last ran; or the first height beside a `null`, so
 * that one which advances from there is seen to.
 */
function seenNow(before: LastSeen, status: StatusSighting, verdict: Verdict): LastSeen {
  if (status.kind === "silent") return before;
  const isFirst = before.height === undefined && status.node.haltIntent.kind === "unavailable";
  if (verdict.kind !== "running" && !isFirst) return before;
  return { chainId: before.chainId ?? status.node.chainId, height: status.node.height ?? before.height };
}
