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

/** The last halt line of a log tail or a termination message, or `undefined` where it has none. */
export function findPlanLine(log: string): PlanLine | undefined {
  return log
    .split(/\r\n|\n|\r/)
    .map(parsePlanLine)
    .findLast((found) => found !== undefined);
}
