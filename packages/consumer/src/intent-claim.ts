import {
  type HaltReason,
  type ReceivedHaltIntent,
  type ReservedRange,
  ShutdownReason,
} from "@upgrade-halt/contract";
import type { AnsweredStatus, EndedProcess } from "./evidence.ts";
import type { Facts } from "./facts.ts";
import { announcedBy } from "./process-end.ts";
import { isPast } from "./seen.ts";

/** Why a claim proves nothing, a clause each. Empty where it does. */
type Doubts = readonly string[];

/** What `/status` contributes to a verdict. */
export type IntentClaim =
  /** Nothing: nobody asked, or nobody answered. */
  | { readonly kind: "none" }
  /** A node that can announce halts, or an old one that cannot, and no halt. */
  | {
      readonly kind: "healthy";
      readonly at: number;
      readonly height: number | undefined;
      readonly doubts: Doubts;
    }
  /** `null`: the node tried to say and could not. */
  | { readonly kind: "unavailable" }
  | { readonly kind: "unreadable" }
  | {
      readonly kind: "unrecognised";
      readonly code: number;
      readonly range: ReservedRange | "outside";
      readonly doubts: Doubts;
    }
  | {
      readonly kind: "halt";
      readonly reason: HaltReason;
      readonly plan: string | undefined;
      readonly height: number | undefined;
      readonly doubts: Doubts;
    };

/** What speaks against a halt where a status without one was read after the node's end: what answers may be the same validator. */
export function replacedSince(end: EndedProcess | undefined, intent: IntentClaim): string | undefined {
  if (intent.kind !== "healthy" || end?.endedAt === undefined) return undefined;
  // An end that is recorded in whole seconds may be of anywhere within that second.
  const endedBy = end.endedAt % 1_000 === 0 ? end.endedAt + 999 : end.endedAt;
  if (intent.at <= endedBy) return undefined;
  return "Something answers in its place since then, and announces no halt.";
}

/** How far a node's clock may run ahead of the reader's, in ms. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Reads the intent of the newest status, and every reason not to believe it. */
export function claimOfStatus(facts: Facts): IntentClaim {
  const { answer } = facts;
  if (answer === undefined) return { kind: "none" };
  const { height, haltIntent: reading } = answer.node;
  switch (reading.kind) {
    case "absent":
      return { kind: "healthy", at: answer.at, height, doubts: doubtsOfStatus(facts, answer) };
    case "unavailable":
      return { kind: "unavailable" };
    case "damaged":
      return { kind: "unreadable" };
    case "intent": {
      const { intent, defects } = reading;
      const doubts = [...doubtsOfStatus(facts, answer), ...doubtsOfIntent(facts, answer, intent)];
      if (defects.length > 0) doubts.push("its announced intent is damaged");
      if (reading.unrecognised !== undefined) {
        return { kind: "unrecognised", code: intent.reason, range: reading.unrecognised, doubts };
      }
      const { reason } = reading.intent;
      return { kind: "halt", reason, plan: intent.plan_name, height: intent.height, doubts };
    }
  }
}

function doubtsOfStatus({ isOfAnotherChain, startedAt = 0 }: Facts, { at }: AnsweredStatus): string[] {
  const doubts: string[] = [];
  if (isOfAnotherChain) doubts.push("the status is of another chain than the node was on before");
  if (at < startedAt) doubts.push("the status was read before this process started");
  return doubts;
}

function doubtsOfIntent(facts: Facts, status: AnsweredStatus, intent: ReceivedHaltIntent): string[] {
  const doubts: string[] = [];
  const { startedAt } = facts;
  const announcedAt = intent.announced_at === undefined ? undefined : Date.parse(intent.announced_at);
  if (announcedAt !== undefined) {
    const isOlder = startedAt !== undefined && announcedAt < startedAt && status.at >= startedAt;
    if (isOlder && !isRepeated(facts, intent))
      doubts.push("the intent was announced before this process started");
    if (announcedAt > status.at + CLOCK_TOLERANCE_MS)
      doubts.push("the intent was announced in the reader's future");
  }
  const height = heightDoubt(facts, status, intent);
  return height === undefined ? doubts : [...doubts, height];
}

/** A stay-alive node that is started again after its halt says again what the instance before exited with. */
function isRepeated({ earlier }: Facts, { reason }: ReceivedHaltIntent): boolean {
  const meaning = announcedBy(earlier?.end ?? { kind: "unrecorded" });
  return meaning.kind === "reason" && meaning.reason === reason;
}

function heightDoubt(
  { heightSeen }: Facts,
  { node }: AnsweredStatus,
  { reason, height }: ReceivedHaltIntent,
): string | undefined {
  if (height === undefined) return undefined;
  if (height < 1) return `the intent is for height ${height}, which no chain has`;
  const seen = Math.max(heightSeen, node.height ?? 0);
  if (reason === ShutdownReason.UpgradeRequired) {
    if (isPast({ reason, height }, seen))
      return `the intent is for height ${height}, and the node was seen past it at ${seen}`;
    // The block at the height is stored before it is refused; some nodes tell the one before it.
    if (node.height !== undefined && node.height < height - 1)
      return `the intent is for height ${height}, and the node is only at ${node.height}`;
  }
  if (reason === ShutdownReason.BinaryTooNew && isPast({ reason, height }, seen))
    return `the intent says that height ${height} has not come, and the node was seen at ${seen}`;
  return undefined;
}
