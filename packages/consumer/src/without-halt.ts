import type { EndedProcess, ProcessEnd } from "./evidence.ts";
import type { Facts } from "./facts.ts";
import { describeClaim } from "./halt-case.ts";
import type { IntentClaim } from "./intent-claim.ts";
import type { PlanLine } from "./log/find-plan-lines.ts";
import { printable } from "./printable.ts";
import { describeEnd, ordinaryEnd } from "./process-end.ts";
import { isPast } from "./seen.ts";
import { STANDSTILL_MS } from "./standstill.ts";
import type { CrashCause, Verdict } from "./verdict.ts";

/** The verdict where nothing announces a halt. */
export function withoutHalt(facts: Facts, intent: IntentClaim): Verdict {
  if (facts.latest !== undefined) return ended(facts.latest, intent);
  const { process, status } = facts.evidence;
  const doubts = intent.kind === "healthy" ? intent.doubts : [];
  if (intent.kind === "healthy" && doubts.length === 0) {
    const at = intent.height === undefined ? "" : ` at height ${intent.height}`;
    return {
      kind: "running",
      ...heightOf(intent),
      why: `It answers${at} and announces no halt.`,
      contradictions: linesOfRunning(facts),
    };
  }
  if (intent.kind === "unavailable")
    return advanced(facts) ?? unknown("It answers, and could not say whether it halted.");
  const unanswered =
    status?.kind === "silent"
      ? [`Its status gave no answer: ${printable(status.problem)}.`]
      : doubts.map((doubt) => `Its status announces no halt, but ${doubt}.`);
  if (process?.kind === "running") {
    return {
      kind: "running",
      why: "Its process runs, and nothing says that it halted.",
      contradictions: [...linesOfRunning(facts), ...unanswered],
    };
  }
  if (process?.kind === "waiting") {
    const reason = process.reason === undefined ? "" : ` (${printable(process.reason)})`;
    return unknown(`It waits to be started${reason}, and nothing tells of the time before.`);
  }
  return unknown(unanswered[0] ?? "Nothing tells what became of it.");
}

/** Some writers say `null` on a healthy node: a height that advances is a node that has not halted. */
function advanced(facts: Facts): Verdict | undefined {
  const { answer, isOfAnotherChain, startedAt = 0 } = facts;
  const { lastSeen, heightStillSince, standstillMs = STANDSTILL_MS } = facts.evidence;
  if (answer === undefined || lastSeen?.height === undefined) return undefined;
  if (heightStillSince !== undefined && answer.at - heightStillSince >= standstillMs) return undefined;
  const { height } = answer.node;
  if (height === undefined || height <= lastSeen.height || isOfAnotherChain) return undefined;
  if (answer.at < startedAt) return undefined;
  return {
    kind: "running",
    height,
    why: `It answers at height ${height}, above ${lastSeen.height} where it was before; it could not say whether it halted.`,
    contradictions: linesOfRunning(facts),
  };
}

/** The halt lines of a process that runs and of the instance before it, unless the node was seen past them. */
function linesOfRunning({ running, heightSeen, evidence: { previous } }: Facts): string[] {
  const now = running?.planLines ?? [];
  const before = previous?.planLines ?? [];
  const isNew = (line: PlanLine) => !isPast(line, heightSeen);
  return [
    ...now.filter(isNew).map(tellLine),
    ...before.filter(isNew).map((line) => `${tellLine(line)} The instance before wrote it.`),
  ];
}

function tellLine(line: PlanLine): string {
  return `Its log ${line.unsure ? "may have" : "has"} a halt line of ${describeClaim(line)}.`;
}

function ended({ end, planLines = [] }: EndedProcess, intent: IntentClaim): Verdict {
  const meaning = ordinaryEnd(end);
  const contradictions = [
    ...planLines.map(tellLine),
    ...(intent.kind === "unavailable" ? ["Its status could not say whether it halted."] : []),
  ];
  switch (meaning.kind) {
    case "stopped":
      return {
        kind: "stopped",
        why: `It ${describeEnd(end)}, as one that was asked to stop.`,
        contradictions,
      };
    case "crashed": {
      const { cause } = meaning;
      return {
        kind: "crashed",
        cause,
        why: `It ${describeEnd(end)}, ${wording(cause, end)}.`,
        contradictions,
      };
    }
    case "unrecorded":
      return { kind: "unknown", why: `It ${describeEnd(end)}.`, contradictions };
  }
}

function wording(cause: CrashCause, { kind }: ProcessEnd): string {
  switch (cause.kind) {
    case "panic":
      return "as a Go program that panicked does";
    case "signal":
      return `${kind === "signalled" ? "" : `by ${printable(cause.signal)}, `}which nobody sends to ask for a stop`;
    case "out-of-memory":
      return "because it used more than it was given";
    case "error":
      return "as a program that failed does";
  }
}

function heightOf({ height }: { readonly height: number | undefined }) {
  return height === undefined ? {} : { height };
}

function unknown(why: string): Verdict {
  return { kind: "unknown", why, contradictions: [] };
}
