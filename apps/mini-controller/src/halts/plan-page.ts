import { PAGE_RETRY } from "../paging/pager.ts";
import type { Move } from "./move.ts";
import type { Observation } from "./observation.ts";

/**
 * Whether the journaled page is to be sent now, later or not at all. A time further away than any back-off is of a
 * clock that has since gone back.
 */
export function planPage({ halt, now }: Observation): Move {
  const page = halt.status?.page;
  if (page?.state !== "Pending" || page.nextAttemptAt === undefined) return { kind: "rest" };
  const ms = Date.parse(page.nextAttemptAt) - now;
  return ms > 0 && ms <= PAGE_RETRY.maxMs
    ? { kind: "wait", ms }
    : { kind: "effect", effect: { kind: "send-page" } };
}
