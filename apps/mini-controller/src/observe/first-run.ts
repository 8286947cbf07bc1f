import type { NodeHaltSpec } from "../api/node-halt.ts";
import { containerStatusOf, type Pod } from "../model/pod.ts";

/** How long a first run may have lasted: time to start and to refuse a block, and none to apply a plan and come to the next. */
const SHORT_MS = 60_000;

/**
 * Whether the halt is of the first run of the pod's container, and that run is known to have been short. What a longer one did meanwhile,
 * such as to apply a plan, nobody may have seen.
 */
export function haltedAtOnce(spec: Pick<NodeHaltSpec, HaltedRun>, pod: Pod): boolean {
  if (spec.restartCount !== 0 || pod.metadata.uid !== spec.podUID) return false;
  const { startedAt = pod.metadata.creationTimestamp, finishedAt = spec.detectedAt } = firstRunOf(
    pod,
    spec.container,
  );
  return Math.abs(Date.parse(finishedAt) - Date.parse(startedAt ?? "")) <= SHORT_MS;
}

/** What has to be known of a halt to tell which run it is of. */
export type HaltedRun = "podUID" | "container" | "restartCount" | "detectedAt";

interface Times {
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** When the container's first run began and ended, as far as its kubelet still tells: it tells of the newest two. */
function firstRunOf(pod: Pod, container: string): Times {
  const { restartCount, state, lastState } = containerStatusOf(pod, container) ?? {};
  // While none runs, a kubelet counts the run that ended last.
  const [newest, before] = state?.waiting === undefined ? [state, lastState] : [lastState, undefined];
  const first = restartCount === 0 ? newest : restartCount === 1 ? before : undefined;
  const { startedAt, finishedAt } = first?.terminated ?? {};
  if (first?.running !== undefined) return first.running;
  return startedAt === undefined || finishedAt === undefined ? {} : { startedAt, finishedAt };
}
