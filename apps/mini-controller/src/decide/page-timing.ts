import { isToldToNobody, type NodeHaltStatus } from "../api/node-halt.ts";
import { pageOutdatedSince, waitsSince } from "../journal/waiting.ts";
import type { Observation } from "../observe/observation.ts";
import type { Refusal } from "./refusals/refusal.ts";

/** How long others may take to halt or to end before a person is told that the node waits for them. */
const PATIENCE_MS = 60_000;

/**
 * Waits in silence at first. Then a person is told, and the node goes on waiting. A halt that is said to be detected at
 * no time, or far in the future, has waited long enough.
 */
export function waitThenPage({ halt, now }: Observation): Refusal["kind"] {
  const waitedMs = now - Date.parse(halt.spec.detectedAt);
  return Math.abs(waitedMs) < PATIENCE_MS ? "wait" : "page";
}

/**
 * Waits in silence for what may be over in a moment. A person is told once the halt has waited for `reason` for so long, and
 * stays told; and whatever it waited for meanwhile, once it has only waited for as long as a node may take to come back.
 */
export function pageIfItLasts(
  observation: Observation,
  reason: string,
  patienceMs = PATIENCE_MS,
): Refusal["kind"] {
  const { halt, now } = observation;
  const { status = {} } = halt;
  const isSame = status.reason === reason;
  if (isSame && status.phase === "Held") return "page";
  const since = isSame ? (waitsSince(status, reason) ?? status.steps?.at(-1)?.at ?? "") : undefined;
  const all = waitsSince(status);
  const most = Math.max(patienceMs, comingBackMs(observation));
  return isOver(since, patienceMs, now) || isOver(all, most, now) ? "page" : "wait";
}

/** A time that can't be read, or that is far in the future, is long ago. */
function isOver(since: string | undefined, ms: number, now: number): boolean {
  return since !== undefined && !(Math.abs(now - Date.parse(since)) < ms);
}

/** How long a node that halted may take to come back by other hands, in ms: as long as after a swap. */
export function comingBackMs({ policy }: Observation): number {
  return (policy?.spec.recoveryTimeoutSeconds ?? 600) * 1_000;
}

/** How long a page stands at least that people were told of, once the halt stands for something else, in ms. */
const PAGE_STANDS_MS = 60_000;
/** The same for one that took the place of many others. */
const PAGE_STANDS_MOST_MS = 3_600_000;

/**
 * Milliseconds until a page for `reason` may take the place of the one that people were told of. What comes and goes would page them
 * each time: so its reason must be gone for a minute, and for twice as long with each page that another one has taken the place of.
 */
export function untilReplaced(status: NodeHaltStatus | undefined, reason: string, now: number): number {
  const { page, formerPages = [] } = status ?? {};
  if (page === undefined || page.reason === reason || isToldToNobody(page)) return 0;
  const stands = Math.min(PAGE_STANDS_MS * 2 ** formerPages.length, PAGE_STANDS_MOST_MS);
  if (status?.reason === page.reason) return stands;
  const since = pageOutdatedSince(status) ?? status?.steps?.at(-1)?.at;
  const left = stands - Math.abs(now - Date.parse(since ?? ""));
  return Number.isNaN(left) ? 0 : Math.max(0, left);
}
