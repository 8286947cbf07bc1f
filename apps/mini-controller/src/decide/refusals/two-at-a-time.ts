import type { Check } from "./refusal.ts";

/** A Deployment that would run two pods of its one node at a time. */
export const twoAtATime: Check = ({ workload }) => {
  if (workload.kind !== "found") return undefined;
  for (const { strategy } of workload.groups) {
    if (strategy.kind === "Surge") {
      const message = `${workload.what} starts a new pod before the old one has ended, so two processes of one validator could run. Set spec.strategy.type to Recreate.`;
      return { reason: "StrategyNotRecreate", message, kind: "page" };
    }
    if (strategy.kind === "Recreate" && strategy.replicas > 1) {
      const message = `${workload.what} has ${strategy.replicas} replicas of one node. Set spec.replicas to 1, and run each node as a workload of its own.`;
      return { reason: "SeveralReplicas", message, kind: "page" };
    }
  }
  return undefined;
};
