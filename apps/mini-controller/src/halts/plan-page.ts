import { PAGE_RETRY } from "../paging/pager.ts";
import type { Move } from "./move.ts";
import type { Observation } from "./observation.ts";

/**
 * Whether the journaled page is to be sent now, later or not at all. One that had no target is sent once the policy
 * names one. A time further away than any back-off is of a
 * clock that has since gone back.
 */
export function planPage({ halt, policy, now }: Observation): Move {
  const page = halt.status?.page;
  if (
    page?.state === "NoTarget" &&
    policy !== undefined &&
    policy.spec.paging.length > 0 &&
    !policy.spec.dryRun
  )
    return { kind: "effect", effect: { kind: "send-page" } };
  if (page?.state !== "Pending" || page.nextAttemptAt === undefined) return { kind: "rest" };
  const ms = Date.parse(page.nextAttemptAt) - now;
  return ms > 0 && ms <= PAGE_RETRY.maxMs
    ? { kind: "wait", ms }
    : { kind: "effect", effect: { kind: "send-page" } };
}
