import {
  type HaltReason,
  type ReceivedHaltIntent,
  type ReservedRange,
  ShutdownReason,
} from "@upgrade-halt/contract";
import type { AnsweredStatus, Evidence } from "./evidence.ts";

/** What `/status` contributes to a verdict. */
export type IntentClaim =
  /** Nothing: nobody asked, or nobody answered. */
  | { readonly kind: "none" }
  /** A node that can announce halts, or an old one that cannot, and no halt. */
  | { readonly kind: "healthy"; readonly height: number | undefined; readonly current: boolean }
  /** `null`: the node tried to say and could not. */
  | { readonly kind: "unavailable" }
  | { readonly kind: "unreadable" }
  | {
      readonly kind: "unrecognised";
      readonly code: number;
      readonly range: ReservedRange | "outside";
      readonly doubts: readonly string[];
    }
  | {
      readonly kind: "halt";
      readonly reason: HaltReason;
      readonly plan: string | undefined;
      readonly height: number | undefined;
      /** Why this intent corroborates nothing. Empty where it does. */
      readonly doubts: readonly string[];
    };

/** How far a node's clock may run ahead of the reader's, in ms. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Reads the intent of the newest status, and every reason not to believe it. */
export function claimOfStatus(evidence: Evidence): IntentClaim {
  const { status } = evidence;
  if (status?.kind !== "answered") return { kind: "none" };
  const reading = status.node.haltIntent;
  switch (reading.kind) {
    case "absent":
      return { kind: "healthy", height: status.node.height, current: isOfThisNode(evidence, status) };
    case "unavailable":
      return { kind: "unavailable" };
    case "damaged":
      return { kind: "unreadable" };
    case "intent": {
      const { intent, defects } = reading;
      const doubts = doubtsOf(evidence, status, intent);
      if (defects.length > 0) doubts.push("its announced intent is damaged");
      if (reading.unrecognised !== undefined) {
        return { kind: "unrecognised", code: intent.reason, range: reading.unrecognised, doubts };
      }
      const { reason } = reading.intent;
      return { kind: "halt", reason, plan: intent.plan_name, height: intent.height, doubts };
    }
  }
}

function isOfThisNode(evidence: Evidence, status: AnsweredStatus): boolean {
  return !isOfAnotherChain(evidence, status) && status.at >= (startOfProcess(evidence) ?? 0);
}

function isOfAnotherChain({ lastSeen }: Evidence, { node }: AnsweredStatus): boolean {
  return lastSeen?.chainId !== undefined && node.chainId !== undefined && lastSeen.chainId !== node.chainId;
}

function startOfProcess({ process, previous, lastSeen }: Evidence): number | undefined {
  if (process === undefined || process.kind === "waiting")
    return previous?.startedAt ?? lastSeen?.processStartedAt;
  return process.startedAt ?? lastSeen?.processStartedAt;
}

function doubtsOf(evidence: Evidence, status: AnsweredStatus, intent: ReceivedHaltIntent): string[] {
  const doubts: string[] = [];
  if (isOfAnotherChain(evidence, status))
    doubts.push("the status is of another chain than the node was on before");
  const startedAt = startOfProcess(evidence);
  const announcedAt = intent.announced_at === undefined ? undefined : Date.parse(intent.announced_at);
  if (startedAt !== undefined) {
    if (status.at < startedAt) doubts.push("the status was read before this process started");
    else if (announcedAt !== undefined && announcedAt < startedAt) {
      doubts.push("the intent was announced before this process started");
    }
  }
  if (announcedAt !== undefined && announcedAt > status.at + CLOCK_TOLERANCE_MS) {
    doubts.push("the intent was announced in the reader's future");
  }
  const height = heightDoubt(evidence, status, intent);
  if (height !== undefined) doubts.push(height);
  return doubts;
}

function heightDoubt(
  { lastSeen }: Evidence,
  { node }: AnsweredStatus,
  { reason, height }: ReceivedHaltIntent,
): string | undefined {
  if (height === undefined) return undefined;
  const seen = Math.max(lastSeen?.height ?? 0, node.height ?? 0);
  if (reason === ShutdownReason.UpgradeRequired && seen > height) {
    return `the intent is for height ${height}, and the node was seen past it at ${seen}`;
  }
  if (reason === ShutdownReason.BinaryTooNew && seen > height) {
    return `the intent says that height ${height} has not come, and the node was seen at ${seen}`;
  }
  return undefined;
}
