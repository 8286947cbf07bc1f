import { parseReasonToken, ShutdownReason } from "@upgrade-halt/contract";
import type { NodeHaltSpec, Seen } from "../api/node-halt.ts";
import { timestamp } from "../journal/journal-entry.ts";
import { haltedRunOf } from "../judge/halted-run.ts";
import type { JudgedNode } from "../judge/judged-node.ts";
import { type ContainerState, containerStatusOf, type Pod } from "../model/pod.ts";

/** How long a first run may have lasted: time to start and to refuse a block, and none to apply a plan and come to the next. */
const SHORT_MS = 60_000;

/** What has to be known of a halt to tell which run it is of: `at` is when the controller saw it. */
export type HaltedRun = Pick<NodeHaltSpec, "podUID" | "container" | "restartCount"> &
  Pick<Seen, "at" | "firstRunMs">;

/**
 * Whether the halt is of the first run of the pod's container, and that run is known to have been short. What a longer one did meanwhile,
 * such as to apply a plan, nobody may have seen. So it is with any run, as far as its kubelet tells of it.
 */
export function haltedAtOnce(halt: HaltedRun, pod: Pod): boolean {
  if (halt.restartCount !== 0 || pod.metadata.uid !== halt.podUID) return false;
  const { container, at } = halt;
  // Where the CRDs are older, no journal keeps it.
  const { firstRunMs = lastedMs(pod, container, at) } = halt;
  return firstRunMs <= SHORT_MS && !runsOf(pod, container).some(wasLong);
}

/** What a journal keeps of a halt of a binary that is too new: its kubelet soon tells of later runs alone. */
export function firstRunSeen(
  { podUID, container, reason }: NodeHaltSpec,
  node: JudgedNode,
  now: number,
): Pick<Seen, "firstRunMs"> {
  if (parseReasonToken(reason) !== ShutdownReason.BinaryTooNew) return {};
  if (node.pod.metadata.uid !== podUID || haltedRunOf(node, container) !== 0) return {};
  const firstRunMs = lastedMs(node.pod, container, timestamp(now));
  return Number.isSafeInteger(firstRunMs) ? { firstRunMs } : {};
}

/** How long the first run had lasted at most when it was seen halted: from when its pod was made, where its kubelet tells no more. */
function lastedMs(pod: Pod, container: string, seenAt: string): number {
  const told = firstRunOf(pod, container);
  const { startedAt = pod.metadata.creationTimestamp, finishedAt = seenAt } = told;
  return Math.abs(Date.parse(finishedAt) - Date.parse(startedAt ?? ""));
}

interface Times {
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** When the container's first run began and ended, as far as its kubelet still tells. */
function firstRunOf(pod: Pod, container: string): Times {
  const first = runsOf(pod, container).find(({ run }) => run === 0)?.state;
  const { startedAt, finishedAt } = first?.terminated ?? {};
  if (first?.running !== undefined) return first.running;
  return startedAt === undefined || finishedAt === undefined ? {} : { startedAt, finishedAt };
}

function wasLong({ state }: Run): boolean {
  const { startedAt = "", finishedAt = "" } = state?.terminated ?? {};
  return Date.parse(finishedAt) - Date.parse(startedAt) > SHORT_MS;
}

interface Run {
  readonly run: number;
  readonly state: ContainerState | undefined;
}

/** The runs of which a kubelet tells: the newest two. While none runs, it counts the one that ended last. */
function runsOf(pod: Pod, container: string): readonly Run[] {
  const { restartCount = 0, state, lastState } = containerStatusOf(pod, container) ?? {};
  const newest = state?.waiting === undefined ? [state, lastState] : [lastState];
  return newest.map((of, age) => ({ run: restartCount - age, state: of }));
}
