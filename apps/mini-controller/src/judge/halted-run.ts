import { type ContainerState, containerStatusOf } from "../model/pod.ts";
import { isHaltCode } from "./halt-code.ts";
import type { JudgedNode } from "./judged-node.ts";

/** A pod, what its node said last, and the verdict about it. */
export type Shown = Pick<JudgedNode, "pod" | "verdict" | "live">;

/**
 * Which run of the container the verdict is about, counted in restarts: the one before the present, where a process runs
 * that says nothing of its own and that one ended in a halt. While none runs, a kubelet counts the run that ended last.
 */
export function haltedRunOf(shown: Shown, container: string): number | undefined {
  const { restartCount, state, lastState } = containerStatusOf(shown.pod, container) ?? {};
  if (restartCount === undefined) return undefined;
  const isOfLastRun =
    !announcesNow(shown, container) &&
    state?.waiting === undefined &&
    !endedInHalt(state) &&
    endedInHalt(lastState);
  return isOfLastRun ? Math.max(0, restartCount - 1) : restartCount;
}

/**
 * Whether the process that runs tells of this halt itself on `/status`: also where that is doubted, as on another chain than the policy
 * names, and so is no source of the verdict.
 */
export function announcesNow({ pod, verdict, live }: Shown, container: string): boolean {
  if (verdict.kind !== "halted") return false;
  if (verdict.sources.includes("live-intent")) return true;
  const { restartCount, state } = containerStatusOf(pod, container) ?? {};
  if (state?.running === undefined || live?.run !== restartCount) return false;
  if (live?.sighting?.kind !== "answered") return false;
  const { haltIntent } = live.sighting.node;
  return haltIntent.kind === "intent" && haltIntent.intent.reason === verdict.reason;
}

export function endedInHalt(state: ContainerState | undefined): boolean {
  return isHaltCode(state?.terminated?.exitCode);
}
