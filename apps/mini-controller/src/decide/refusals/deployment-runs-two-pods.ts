import { advice } from "../../journal/words.ts";
import type { Check } from "./refusal.ts";

/**
 * A Deployment that would run two pods of one node at a time, be it the node's own or one below a custom resource, which
 * carries the image on. How many nodes one below is, its owner knows.
 */
export const deploymentRunsTwoPods: Check = ({ halt, workload }) => {
  if (workload.kind !== "found") return undefined;
  const isOwn = halt.spec.workload?.kind === "Deployment";
  for (const { what, strategy } of workload.groups) {
    if (strategy.kind === "Surge") {
      const whose = isOwn ? workload.what : `The Deployment of ${what}, which ${workload.what} controls,`;
      const message = {
        found: `${whose} starts a new pod before the old one has ended, so two processes of one validator could run.`,
        toDo: advice`Set spec.strategy.type to Recreate.`,
      };
      return { reason: "StrategyNotRecreate", message, kind: "page" };
    }
    if (isOwn && strategy.kind === "Recreate" && strategy.replicas > 1) {
      const message = {
        found: `${workload.what} has ${strategy.replicas} replicas of one node.`,
        toDo: advice`Run each node as a workload of its own. Set spec.replicas to 1 only once none of its other pods is needed: it may end one that runs.`,
      };
      return { reason: "SeveralReplicas", message, kind: "page" };
    }
  }
  return undefined;
};
