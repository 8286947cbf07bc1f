import { type PageRecord, pagesOf } from "../api/node-halt.ts";
import { isOpen } from "../judge/same-halt.ts";
import type { Effect, Move, Telling } from "../model/move.ts";
import type { Observation } from "../observe/observation.ts";
import { isWithAll } from "../paging/page-targets.ts";
import { PAGE_RETRY } from "../paging/pager.ts";

/** What a move about pages is decided by. */
export type PageView = Pick<Observation, "halt" | "policy" | "now">;

/** The next page that is to be sent or said to be over, or the wait until one is. */
export function nextPageMove(view: PageView): Move<Telling> {
  return sooner(sendingMove(view), resolutionMove(view));
}

/** How long a rollback waits for the first attempt at its page, by the clock that journaled the page. */
const TOLD_WITHIN_MS = 4_000;

/** How long to wait until somebody was told of what is about to be done: an attempt is enough. */
export function untilTold({ halt, now }: PageView): number | undefined {
  const page = halt.status?.page;
  if (page?.state !== "Pending" || page.attempts > 0) return undefined;
  const left = Date.parse(page.at) + TOLD_WITHIN_MS - now;
  return left > 0 && left <= TOLD_WITHIN_MS ? left : undefined;
}

/**
 * Whether the journaled page is to be sent now, later or not at all. One that stands is sent to each target that the policy
 * names since. A dry run tells nobody: what was to be told of a swap that began before it is sent once it ends.
 */
export function sendingMove(view: PageView): Move<Telling> {
  const { halt, policy } = view;
  const page = halt.status?.page;
  if (page === undefined || policy?.spec.dryRun) return { kind: "rest" };
  const send = { kind: "effect", effect: { kind: "send-page", page } } as const;
  const stands = (page.state === "NoTarget" || page.state === "Sent") && isOpen(halt);
  if (stands && !isWithAll(page, policy)) return send;
  return page.state === "Pending" ? whenDue(page, view, send) : { kind: "rest" };
}

/**
 * Whether the receivers of a page are to be told that it is over: another took its place, or the halt is over. With no
 * policy left there is nobody to tell, until there is one again.
 */
export function resolutionMove(view: PageView): Move<Telling> {
  const { halt, policy } = view;
  if (policy === undefined) return { kind: "rest" };
  return pagesOf(halt)
    .map((page): Move<Telling> => {
      const resolve = { kind: "effect", effect: { kind: "resolve-page", page } } as const;
      if (page.state === "Sent" && !isOpen(halt)) return resolve;
      return page.state === "Resolving" ? whenDue(page, view, resolve) : { kind: "rest" };
    })
    .reduce<Move<Telling>>(sooner, { kind: "rest" });
}

/** A time further away than any back-off is of a clock that has since gone back. */
function whenDue({ nextAttemptAt }: PageRecord, { now }: PageView, effect: Move<Telling>): Move<Telling> {
  if (nextAttemptAt === undefined) return { kind: "rest" };
  const ms = Date.parse(nextAttemptAt) - now;
  return ms > 0 && ms <= PAGE_RETRY.maxMs ? { kind: "wait", ms } : effect;
}

/** Of two moves the one that comes first: what is to be done now, then what is waited for. */
export function sooner<E extends Effect>(one: Move<E>, other: Move<E>): Move<E> {
  if (one.kind === "wait" && other.kind === "wait") return one.ms <= other.ms ? one : other;
  if (one.kind === "rest" || (one.kind === "wait" && other.kind !== "rest")) return other;
  return one;
}
