import type { Condition } from "../api/condition.ts";
import type { NodeHaltStatus, PageRecord } from "../api/node-halt.ts";
import type { Words } from "./words.ts";

/** `True` since a halt only waits for what may be over by itself, whatever it says of that meanwhile. */
const WAITING = "Waiting";
/** `False` since the page about a halt says something else than the halt itself does. */
const PAGE_CURRENT = "PageCurrent";
/** Reason of `Waiting` where the halt has waited for one thing and then for another. */
const SEVERAL = "SeveralReasons";

/** A condition of a step. */
export interface StepCondition extends Omit<Condition, "message" | "lastTransitionTime"> {
  readonly message: Words;
}

/** What a step makes of how long its halt has waited, and of how long its page was about something else. */
export function timesOf(
  before: NodeHaltStatus,
  step: { readonly reason: string; readonly waits: boolean; readonly page: PageRecord | undefined },
): readonly StepCondition[] {
  const { reason, waits, page } = step;
  const current = page?.reason === reason;
  return [
    ...(waits || isTrue(before, WAITING) ? [waitingFor(before, reason, waits)] : []),
    ...(page === undefined ? [] : [pageCondition(reason, current)]),
  ];
}

function waitingFor(before: NodeHaltStatus, reason: string, waits: boolean): StepCondition {
  if (!waits)
    return { type: WAITING, status: "False", reason, message: { found: "It does not wait any more." } };
  const first = isTrue(before, WAITING) ? conditionOf(before, WAITING)?.reason : reason;
  const message = { found: "It waits for what may be over by itself. A person is told once that lasts." };
  return { type: WAITING, status: "True", reason: first === reason ? reason : SEVERAL, message };
}

function pageCondition(reason: string, current: boolean): StepCondition {
  const found = current
    ? "The page is about what the halt stands for."
    : `The halt stands for ${reason} by now, which its page says nothing of.`;
  return { type: PAGE_CURRENT, status: current ? "True" : "False", reason, message: { found } };
}

/** Since when the halt only waits, RFC 3339; with a `reason`, where it has waited for that alone. */
export function waitsSince(status: NodeHaltStatus, reason?: string): string | undefined {
  const waiting = isTrue(status, WAITING) ? conditionOf(status, WAITING) : undefined;
  return reason === undefined || waiting?.reason === reason ? waiting?.lastTransitionTime : undefined;
}

/** Since when the page about a halt says something else than the halt does, RFC 3339; `undefined` while it is current. */
export function pageOutdatedSince(status: NodeHaltStatus | undefined): string | undefined {
  const condition = conditionOf(status, PAGE_CURRENT);
  return condition?.status === "False" ? condition.lastTransitionTime : undefined;
}

function conditionOf(status: NodeHaltStatus | undefined, type: string): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

function isTrue(status: NodeHaltStatus, type: string): boolean {
  return conditionOf(status, type)?.status === "True";
}
