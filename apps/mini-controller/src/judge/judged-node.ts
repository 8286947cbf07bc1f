import type { Verdict } from "@upgrade-halt/consumer";
import type { HaltPolicy } from "../api/halt-policy.ts";
import type { LiveStatus } from "../model/live-status.ts";
import type { Pod } from "../model/pod.ts";
import { judgePod, type RecordedHalt } from "./judgement.ts";

/** A pod, what is known of its node, and the verdict that follows from just that. */
export interface JudgedNode {
  readonly pod: Pod;
  /** The policy that it is judged by. */
  readonly policy: HaltPolicy | undefined;
  readonly live: LiveStatus | undefined;
  readonly verdict: Verdict;
}

const UNGOVERNED = { kind: "unknown", why: "No policy is left to judge it by.", contradictions: [] } as const;

/** Judges a node, unless `before` is a judgement of the very same objects: then that one stands. */
export function judgedNode(
  pod: Pod,
  policy: HaltPolicy | undefined,
  live: LiveStatus | undefined,
  before?: JudgedNode,
): JudgedNode {
  if (before?.pod === pod && before.policy === policy && before.live === live) return before;
  const verdict = policy === undefined ? UNGOVERNED : judgePod(pod, policy.spec, live);
  return { pod, policy, live, verdict };
}

/** The verdict where a halt of this pod is on record, which latches until the node has left it. */
export function verdictAfter(
  { pod, policy, live, verdict }: JudgedNode,
  recorded: RecordedHalt | undefined,
): Verdict {
  if (policy === undefined || recorded === undefined) return verdict;
  return judgePod(pod, policy.spec, live, recorded);
}
