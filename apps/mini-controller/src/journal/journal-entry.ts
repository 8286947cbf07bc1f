import { mergeConditions } from "../api/condition.ts";
import { cut } from "../api/cut.ts";
import {
  isToldOf,
  isToldToNobody,
  MAX_FORMER_PAGES,
  type NodeHalt,
  type NodeHaltStatus,
  type PageRecord,
  type Phase,
  type Step,
} from "../api/node-halt.ts";
import type { Move } from "../model/move.ts";
import { type StepCondition, timesOf } from "./waiting.ts";
import { MESSAGE_MAX, SUMMARY_MAX, textOf, type Words } from "./words.ts";

/** A page to be journaled along with a step. */
export interface PageDraft {
  readonly reason: string;
  readonly summary: Words;
}

/** What a step changes in the journal besides its phase. */
export interface StepDraft
  extends Pick<
    NodeHaltStatus,
    | "action"
    | "fromImage"
    | "toImage"
    | "workloadGeneration"
    | "recoverBy"
    | "deletedPodUID"
    | "newPodUID"
    | "recoveredHeight"
  > {
  readonly phase: Phase;
  readonly reason: string;
  readonly message: Words;
  readonly page?: PageDraft | undefined;
  /** It waits for what may be over by itself. */
  readonly waits?: boolean;
  readonly conditions?: readonly StepCondition[];
}

const MAX_STEPS = 32;

/** RFC 3339 in UTC with milliseconds: a halt and its swap are told apart by these. */
export function timestamp(now: number): string {
  return new Date(now).toISOString();
}

/** The move that writes `draft` into the halt's journal, with the steps before it that were not written yet. */
export function journalMove(
  halt: NodeHalt,
  draft: StepDraft,
  now: number,
): Extract<Move, { kind: "journal" }> {
  const { page: pageDraft, message, waits = false, conditions = [], ...fields } = draft;
  const before = halt.status ?? {};
  const text = textOf(message, MESSAGE_MAX);
  const at = timestamp(now);
  const paged = pageWith(halt, pageDraft, at, { ...before, ...withoutUndefined(fields) });
  const times = timesOf(before, { reason: fields.reason, waits, page: paged.page ?? before.page });
  const generation = halt.metadata.generation;
  return {
    kind: "journal",
    status: {
      ...before,
      ...withoutUndefined(fields),
      message: text,
      steps: stepsWith(halt, { phase: fields.phase, at, message: stepText(text) }),
      ...paged,
      conditions: mergeConditions(
        before.conditions ?? [],
        [...conditions, ...times].map((condition) => ({
          ...condition,
          message: textOf(condition.message, MESSAGE_MAX),
          ...(generation === undefined ? {} : { observedGeneration: generation }),
        })),
        at,
      ),
    },
  };
}

/** What a step says, of the message that the halt has with it. */
export function stepText(message: string): string {
  return cut(message, 512);
}

function stepsWith(halt: NodeHalt, step: Step): Step[] {
  const told = halt.status?.steps ?? firstSteps(halt, step);
  const last = told.at(-1);
  if (last?.phase === step.phase && last.message === step.message) return [...told];
  return [...(told.length < MAX_STEPS ? told : withoutRepetition(told)), step];
}

/**
 * One step less: the oldest of a phase that an earlier step is of. When a phase began stays known, which a swap's time is counted
 * from, however often the halt said something else in it or before it.
 */
function withoutRepetition(steps: readonly Step[]): readonly Step[] {
  const firstOf = (phase: Phase) => steps.findIndex((step) => step.phase === phase);
  const again = steps.findIndex(({ phase }, index) => firstOf(phase) < index);
  return steps.toSpliced(again, 1);
}

/** Detected and Recorded are told by the object itself; they reach the status with the first step after them. */
function firstSteps({ spec, metadata }: NodeHalt, { phase, at }: Step): Step[] {
  const detected: Step = { phase: "Detected", at: spec.detectedAt, message: stepText(spec.verdict) };
  if (phase === "Recorded") return [detected];
  return [detected, { phase: "Recorded", at, message: `Recorded as ${metadata.name}.` }];
}

/** What a page says: first which node, and what became of it. */
export function pageWords({ metadata, spec }: NodeHalt, what: string, message: Words): Words {
  return { ...message, node: `${metadata.namespace}/${spec.podName} ${what}:`, verdict: spec.verdict };
}

/** Whether the journal says just this already. */
export function isSaid(
  status: NodeHaltStatus | undefined,
  { reason, message }: Pick<StepDraft, "reason" | "message">,
): boolean {
  return status?.reason === reason && status.message === textOf(message, MESSAGE_MAX);
}

/** Whether the page on record is for this reason. */
export function isPaged(status: NodeHaltStatus | undefined, reason: string): boolean {
  return status?.page?.reason === reason;
}

/**
 * A halt's page for one reason is one page with one key for as long as the reason stands: the record of it stays as it
 * is. A page for another reason takes its place, and the one before is resolved.
 */
function pageWith(
  { metadata, status }: NodeHalt,
  draft: PageDraft | undefined,
  at: string,
  { action, toImage }: Pick<NodeHaltStatus, "action" | "toImage">,
): Pick<NodeHaltStatus, "page" | "formerPages"> {
  if (draft === undefined || isPaged(status, draft.reason)) return {};
  const { reason, summary } = draft;
  const formerPages = formerWith(status, at);
  const key = `upgrade-halt/${metadata.namespace}/${metadata.name}/${reason}`;
  const before = formerPages.findLast((former) => former.reason === reason)?.key;
  // Once one was dropped nobody knows its number: the time has not been one.
  const number = formerPages.length === MAX_FORMER_PAGES ? Date.parse(at) : before && numberOf(before) + 1;
  return {
    page: {
      key: number === undefined ? key : `${key}/${number}`,
      reason,
      summary: textOf(summary, SUMMARY_MAX),
      ...withoutUndefined({ action, toImage }),
      at,
      delivered: [],
      attempts: 0,
      nextAttemptAt: at,
      state: "Pending",
    },
    ...(formerPages.length === 0 ? {} : { formerPages }),
  };
}

/** The how-manieth page for its reason has this key. */
function numberOf(key: string): number {
  return Number(/\/(\d+)$/.exec(key)?.[1] ?? 1);
}

/**
 * The former pages, and the present one among them unless nobody can have been told of it. Where they are too many the
 * oldest are dropped: first those that are resolved, then those that only some target is still to hear of. However many
 * a target that is dead never hears of, they keep back no page that is to come.
 */
function formerWith(status: NodeHaltStatus | undefined, at: string): PageRecord[] {
  const { page, formerPages = [] } = status ?? {};
  if (page === undefined || isToldToNobody(page)) return formerPages;
  const pages = [...formerPages, resolving(page, at)];
  const excess = Math.max(0, pages.length - MAX_FORMER_PAGES);
  const dropped = new Set(pages.toSorted((one, other) => neededBy(one) - neededBy(other)).slice(0, excess));
  return pages.filter((known) => !dropped.has(known));
}

/** Who is still to hear that a former page is over, in order of how much that is worth: nobody, some, or everybody. */
function neededBy(page: PageRecord): number {
  if (isToldOf(page)) return 0;
  return page.delivered.length > 0 ? 1 : 2;
}

/**
 * The record of a page that nobody is needed for since `at`: each of its targets is still to be told so. By a clock that is
 * behind the one of the page it would be over before it began, which receivers refuse.
 */
export function resolving(page: PageRecord, at: string): PageRecord {
  if (page.resolvedAt !== undefined) return page;
  const { lastError: _, ...rest } = page;
  const resolvedAt = Date.parse(page.at) > Date.parse(at) ? page.at : at;
  const told = page.delivered;
  return { ...rest, state: "Resolving", resolvedAt, told, delivered: [], attempts: 0, nextAttemptAt: at };
}

function withoutUndefined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
