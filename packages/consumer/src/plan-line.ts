import { type HaltReason, ShutdownReason } from "@upgrade-halt/contract";

/** What one of the chain's three halt lines says. The names in it are as the log had them: untrusted. */
export interface PlanLine {
  readonly reason: HaltReason;
  readonly plan: string;
  /** Only the line of an upgrade that is due names a height. */
  readonly height?: number | undefined;
}

// The three texts of x/upgrade's BeginBlocker. Structured logs escape the quotes.
const QUOTED = String.raw`\\?"(?<plan>[^"\\\r\n]{1,256})\\?"`;
const TEXTS: readonly (readonly [HaltReason, RegExp])[] = [
  [
    ShutdownReason.UpgradeRequired,
    new RegExp(String.raw`UPGRADE ${QUOTED} NEEDED at height: (?<height>\d{1,19}):`),
  ],
  [
    ShutdownReason.BinaryTooNew,
    new RegExp(`BINARY UPDATED BEFORE TRIGGER! UPGRADE ${QUOTED} - in binary but not executed on chain`),
  ],
  [
    ShutdownReason.DowngradeDetected,
    /Wrong app version \d{1,19}, upgrade handler is missing for (?<plan>[^\r\n"\\]{1,256}?) upgrade plan/,
  ],
];

/**
 * Reads one line of a log. Source of the texts: sei-chain `x/upgrade/abci.go`. A line that only schedules an
 * upgrade is no halt line.
 */
export function parsePlanLine(line: string): PlanLine | undefined {
  for (const [reason, text] of TEXTS) {
    const groups = text.exec(line)?.groups;
    if (groups?.plan === undefined) continue;
    const height = Number(groups.height);
    const known = Number.isSafeInteger(height) && height > 0;
    return { reason, plan: groups.plan, ...(known ? { height } : {}) };
  }
  return undefined;
}

/** So many halt lines are kept of one log: more than one is a dispute already. */
const KEPT_LINES = 4;

/**
 * The halt lines of a log tail or a termination message that say different things, the newest first, four at most. A
 * plan's `info` ends the true line and may hold line breaks, so a forged line can follow it: where lines disagree, none
 * of them is to be trusted.
 */
export function findPlanLines(log: string): readonly PlanLine[] {
  const found: PlanLine[] = [];
  for (const text of log.split(LINE_BREAK).reverse()) {
    const line = parsePlanLine(text);
    if (line !== undefined && !found.some((other) => isSameLine(line, other))) found.push(line);
    if (found.length === KEPT_LINES) break;
  }
  return found;
}

const LINE_BREAK = /\r\n|\n|\r/;

function isSameLine(a: PlanLine, b: PlanLine): boolean {
  return a.reason === b.reason && a.plan === b.plan && a.height === b.height;
}
