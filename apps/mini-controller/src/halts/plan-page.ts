import type { Move } from "./move.ts";
import type { Observation } from "./observation.ts";

/** Whether the journaled page is to be sent now, later or not at all. */
export function planPage({ halt, now }: Observation): Move {
  const page = halt.status?.page;
  if (page?.state !== "Pending" || page.nextAttemptAt === undefined) return { kind: "rest" };
  const ms = Date.parse(page.nextAttemptAt) - now;
  return ms > 0 ? { kind: "wait", ms } : { kind: "effect", effect: { kind: "send-page" } };
}
