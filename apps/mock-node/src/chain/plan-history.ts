import type { Plan } from "../upgrade/plan.ts";
import type { JournalEvent } from "./journal.ts";

/** What the chain's state says of plans at the beginning of a block. */
export interface PlanState {
  readonly pending: Plan | undefined;
  readonly lastApplied: { readonly name: string; readonly height: number } | undefined;
}

/**
 * The plans' state before the block of `height`, from what happened in blocks below it. What an interrupted run of that
 * very block left behind does not count, so a block decides the same however often it is replayed.
 */
export function planStateAt(
  height: number,
  plans: readonly Plan[],
  events: readonly JournalEvent[],
): PlanState {
  const past = events.filter((event) => event.height < height);
  const settled = new Set(past.flatMap((event) => (event.event === "halted" ? [] : [event.plan])));
  const isCancelled = (plan: Plan): boolean => plan.cancelledAt !== undefined && height >= plan.cancelledAt;
  const last = past.filter((event) => event.event === "applied").at(-1);
  return {
    pending: plans.find((plan) => !settled.has(plan.name) && !isCancelled(plan)),
    lastApplied: last === undefined ? undefined : { name: last.plan, height: last.height },
  };
}
