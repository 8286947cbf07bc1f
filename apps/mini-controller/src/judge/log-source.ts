import { evidenceFromPod, INFERRED_REACH_BLOCKS } from "@upgrade-halt/consumer";
import type { HaltPolicySpec } from "../api/halt-policy.ts";
import { isNear } from "../model/height-reach.ts";
import { type LiveStatus, standsAtPlan } from "../model/live-status.ts";
import { containerStatusOf, type Pod, type TerminatedState } from "../model/pod.ts";
import { isHaltCode } from "./halt-code.ts";

/** One run of a container, as far as a pod's status tells it. */
export interface ContainerRun {
  /** The same only for the same run, and another once a run has ended. */
  readonly id: string;
  /** How it ended; `undefined` while it runs. */
  readonly end: TerminatedState | undefined;
  /** The kubelet keeps it as the instance before: another waits to be started. */
  readonly isPrevious: boolean;
  readonly startedAt: string | undefined;
}

/** The newest run of a container; `undefined` where there was none. */
export function newestRun(pod: Pod, container: string): ContainerRun | undefined {
  const { state, lastState, restartCount = 0 } = containerStatusOf(pod, container) ?? {};
  const idOf = (...parts: readonly (string | undefined)[]) =>
    JSON.stringify([pod.metadata.uid, container, restartCount, ...parts]);
  if (state?.running !== undefined) {
    const { startedAt } = state.running;
    return { id: idOf(startedAt), end: undefined, isPrevious: false, startedAt };
  }
  const end = state?.terminated ?? lastState?.terminated;
  if (end === undefined) return undefined;
  const { startedAt, finishedAt } = end;
  return {
    id: idOf(startedAt, finishedAt ?? ""),
    end,
    isPrevious: state?.terminated === undefined,
    startedAt,
  };
}

/** A log to be read through the API server. */
export interface LogSource {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Where it runs: whose kubelet has the log. */
  readonly machine?: string | undefined;
  readonly run: ContainerRun;
  /**
   * A line of any length may be stored in parts, with what another stream wrote between them: CRI-O's monitor stores what it
   * gets by one read of its pipe (conmon 2.1.6), so a text within a line may begin one of its own.
   */
  readonly isInParts: boolean;
  /** Since when a node that runs has stood still, in ms since the epoch. */
  readonly stillSince: number | undefined;
  /** The node came to the height of a listed plan: its log is to be read as far back as to its time below it. */
  readonly isAtPlan?: boolean;
  /** When it was last known to be below that height, in ms since the epoch. */
  readonly belowAt?: number | undefined;
}

/** How a kubelet reports what never ran, or what it lost: there is no log of that. */
const WITHOUT_LOG: ReadonlySet<string | undefined> = new Set(["StartError", "ContainerStatusUnknown"]);

/**
 * The log in which a halt could be that nothing else tells: of a run that ended unannounced and whose termination message
 * has no halt line, or of one that stands still at the height of a listed plan. `undefined` where there is nothing to look
 * for, or where the policy does not want to know.
 */
export function logSourceOf(
  pod: Pod,
  policy: HaltPolicySpec,
  live: LiveStatus | undefined,
): LogSource | undefined {
  const { container, inferredHalts, upgrades } = policy;
  const run = newestRun(pod, container);
  if (run === undefined || inferredHalts === "Ignore") return undefined;
  const { name, namespace = "" } = pod.metadata;
  const heights = upgrades.flatMap(({ height }) => height ?? []);
  const isAtPlan = heights.some((height) => isNear(live?.height, height, INFERRED_REACH_BLOCKS));
  const source = {
    namespace,
    pod: name,
    container,
    machine: pod.spec.nodeName,
    run,
    isInParts: containerStatusOf(pod, container)?.containerID?.startsWith("cri-o://") ?? false,
    isAtPlan,
    belowAt: live?.belowAt,
  };
  if (run.end !== undefined)
    return isSilentEnd(pod, container, run.end) ? { ...source, stillSince: undefined } : undefined;
  const isOfRun = live?.run === (containerStatusOf(pod, container)?.restartCount ?? 0);
  if (live === undefined || !isOfRun || !standsAtPlan(live, heights)) return undefined;
  return { ...source, stillSince: live.stillSince };
}

function isSilentEnd(pod: Pod, container: string, { exitCode, reason }: TerminatedState): boolean {
  if (isHaltCode(exitCode) || WITHOUT_LOG.has(reason)) return false;
  const { process, previous } = evidenceFromPod(pod, container);
  const latest = process?.kind === "ended" ? process : previous;
  return (latest?.planLines ?? []).length === 0;
}
