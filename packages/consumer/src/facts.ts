import type { AnsweredStatus, EndedProcess, Evidence, LastSeen, RunningProcess } from "./evidence.ts";
import { hasWorked } from "./process-end.ts";
import type { SeenNode } from "./verdict.ts";

/** What follows from the evidence of one node before anybody judges it: worked out once, read by every step of the judgement. */
export interface Facts {
  readonly evidence: Evidence;
  /** The process that runs now. */
  readonly running: RunningProcess | undefined;
  /** The end that tells how the node is now: none while a process runs. */
  readonly latest: EndedProcess | undefined;
  /** The end before the process that `latest` or `evidence.process` is about. */
  readonly earlier: EndedProcess | undefined;
  /** The earliest moment at which the newest known process can have begun. */
  readonly startedAt: number | undefined;
  /** The newest status, where the node gave one. */
  readonly answer: AnsweredStatus | undefined;
  /** Whether that status is of another chain than the one that the node was on before, or is expected on. */
  readonly isOfAnotherChain: boolean;
  /** The highest block that the node was ever seen at, 0 for never: what is below it is over. It is no proof of a halt. */
  readonly heightSeen: number;
  /**
   * The height that can speak for a halt, 0 for none: a node that tells another chain by now was seen nowhere, and so was one whose
   * newest process has worked since and told nothing.
   */
  readonly heightNow: number;
  /** What `/status` told of the node, now or before. */
  readonly seen: SeenNode | undefined;
}

/** Resolves the slots of the evidence. */
export function factsOf(evidence: Evidence): Facts {
  const { process, previous, status, lastSeen } = evidence;
  const latest = latestEnd(evidence);
  const answer = status?.kind === "answered" ? status : undefined;
  const isOfAnotherChain = answer !== undefined && isOfAnother(evidence, answer);
  const running = process?.kind === "running" ? process : undefined;
  const told = isOfAnotherChain ? 0 : (answer?.node.height ?? 0);
  const heightSeen = Math.max(lastSeen?.height ?? 0, told);
  const heightOfRun = Math.max(
    isOfRun(lastSeen?.processStartedAt, running ?? latest) ? (lastSeen?.height ?? 0) : 0,
    isOfRun(answer?.at, running ?? latest) ? told : 0,
  );
  return {
    evidence,
    running,
    latest,
    earlier: previous === latest ? undefined : previous,
    startedAt: startOfProcess(evidence),
    answer,
    isOfAnotherChain,
    heightSeen,
    heightNow: isOfAnotherChain ? 0 : heightOfRun,
    seen: seenNode(lastSeen, answer, heightOfRun),
  };
}

function latestEnd({ process, previous }: Evidence): EndedProcess | undefined {
  if (process?.kind === "ended") return process;
  return process?.kind === "running" ? undefined : previous;
}

function startOfProcess({ process, previous, lastSeen }: Evidence): number | undefined {
  if (process === undefined || process.kind === "waiting")
    return previous?.startedAt ?? lastSeen?.processStartedAt;
  return process.startedAt ?? previous?.endedAt ?? previous?.startedAt ?? lastSeen?.processStartedAt;
}

/** Whether what was read at this moment, or of the process that began then, says where the newest process has come to. Unknown is yes. */
function isOfRun(at: number | undefined, newest: RunningProcess | EndedProcess | undefined): boolean {
  if (newest?.startedAt === undefined || at === undefined || at >= newest.startedAt) return true;
  return newest.kind === "ended" && !hasWorked(newest);
}

function isOfAnother({ lastSeen, chainId }: Evidence, { node }: AnsweredStatus): boolean {
  const known = lastSeen?.chainId ?? chainId;
  return known !== undefined && node.chainId !== undefined && known !== node.chainId;
}

/** The newest reading says which chain the node is on: what was seen of it on another one before counts for nothing. */
function seenNode(
  lastSeen: LastSeen | undefined,
  answer: AnsweredStatus | undefined,
  heightSeen: number,
): SeenNode | undefined {
  const told = answer?.node;
  const chainId = told?.chainId ?? lastSeen?.chainId;
  const isSame = told?.chainId === undefined || (lastSeen?.chainId ?? chainId) === chainId;
  const height = (isSame ? heightSeen : told.height) || undefined;
  return chainId === undefined && height === undefined ? undefined : { chainId, height };
}
