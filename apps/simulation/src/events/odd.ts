import { Random } from "../time/random.ts";
import { AGENT_EVENTS } from "./agents.ts";
import { AIMED_ODD_EVENTS } from "./in-the-middle.ts";
import { PLACEMENT_EVENTS } from "./placement.ts";
import { REFUSING_EVENTS } from "./refusing-server.ts";
import { ROLLBACK_EVENTS } from "./rollbacks.ts";

/** What comes in one of seventeen of the clusters that are not rare: each leads to a branch that hardly any other cluster takes. */
export const ODD_EVENTS = {
  ...AGENT_EVENTS,
  ...AIMED_ODD_EVENTS,
  ...PLACEMENT_EVENTS,
  ...REFUSING_EVENTS,
  ...ROLLBACK_EVENTS,
} as const;

/** Whether that comes in a seed's cluster, unless it is a rare one. */
export function isOdd(seed: number): boolean {
  return Random.of(seed, "unheard of").chance(0.06);
}
