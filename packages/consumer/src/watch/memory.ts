import { classify } from "../classify.ts";
import type { Evidence, HaltBelief, LastSeen, ListedPlan, StatusSighting } from "../evidence.ts";
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
  const isHalt = verdict.kind === "halted" || verdict.kind === "unrecognised-halt";
  const believed = isHalt ? verdict : verdict.kind === "running" ? undefined : memory.believed;
  return { verdict, memory: { lastSeen: seenNow(memory.lastSeen, status, verdict), believed } };
}

/** A node keeps the chain that it was seen on first, and the height at which it last ran. */
function seenNow(before: LastSeen, status: StatusSighting, verdict: Verdict): LastSeen {
  if (status.kind === "silent" || verdict.kind !== "running") return before;
  return { chainId: before.chainId ?? status.node.chainId, height: status.node.height ?? before.height };
}
