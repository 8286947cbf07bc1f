import { reasonToken, ShutdownReason } from "@upgrade-halt/contract";
import type { NewEvent } from "../events/cluster-event.ts";
import { LAST_PHASES } from "../events/watcher.ts";
import type { HaltView, NodeView } from "./situation.ts";

const UPGRADE_REQUIRED = reasonToken(ShutdownReason.UpgradeRequired);

/** When things were seen to happen, in milliseconds since the epoch. */
export interface Times {
  /** The end of a pod's process, if it was seen. */
  endOf(podUid: string): number | undefined;
  /** The first change of a node's image at or after a time, if there was one. */
  imageChangeAfter(node: string, time: number): number | undefined;
}

/** The rows of the final table: the upgrade's halts by node, the others, then the crashes. */
export function outcomes(
  halts: readonly HaltView[],
  nodes: readonly NodeView[],
  times: Times,
): readonly NewEvent[] {
  const rank = ({ reason, node }: HaltView): string => `${reason === UPGRADE_REQUIRED ? 0 : 1} ${node}`;
  const ordered = halts.toSorted((left, right) => rank(left).localeCompare(rank(right)));
  const rows = ordered.map((halt): NewEvent => {
    const haltedAt = times.endOf(halt.podUid) ?? halt.detectedAt;
    const since = (time: number | undefined): number | null =>
      time === undefined ? null : Math.max(0, time - haltedAt);
    const isSwapped = halt.steps.some(({ phase }) => phase === "Swapping");
    return {
      kind: "outcome",
      node: halt.node,
      reason: halt.reason,
      plan: halt.plan,
      verdict: "halted",
      action: halt.action,
      end: halt.phase,
      haltToSwapMs: isSwapped ? since(times.imageChangeAfter(halt.node, haltedAt)) : null,
      haltToEndMs: since(halt.steps.findLast(({ phase }) => LAST_PHASES.has(phase))?.at),
    };
  });
  const crashes = nodes
    .filter(({ restartCount }) => restartCount > 0)
    .map(
      ({ node, isReady }): NewEvent => ({
        kind: "outcome",
        node,
        reason: "-",
        plan: "",
        verdict: "crashed",
        action: "kubelet",
        end: isReady ? "Restarted" : "Down",
        haltToSwapMs: null,
        haltToEndMs: null,
      }),
    );
  return [...rows, ...crashes];
}
