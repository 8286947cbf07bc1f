import { findPlanLines, type PlanLine } from "@upgrade-halt/consumer";
import { unsure } from "../model/log-finding.ts";

type Options = NonNullable<Parameters<typeof findPlanLines>[1]>;

/** A container runtime stores a line of more bytes in parts. */
const PART_BYTES = 16_384;
/** So many lines that prove nothing are told at most. */
const MOST_UNSURE = 4;

/**
 * The halt lines of a container's log, in which Kubernetes gives two streams as one. What one stream wrote between two parts of
 * a line of the other ends that line, and the next part begins one at a place that its author can work out. So after the
 * first line that is as long as a part nothing is sure, be it a halt line or a start that would take one back; and nothing at
 * all of a log that `isInParts`, where lines of any length may be.
 */
export function planLinesOf(
  log: string,
  { isInParts, ...options }: Options & { readonly isInParts: boolean },
): readonly PlanLine[] {
  const found = findPlanLines(log, options);
  const end = isInParts ? 0 : endOfLongLine(log);
  if (end === undefined) return found;
  const before = findPlanLines(log.slice(0, end), options);
  const sure = found.filter((line) =>
    before.some((other) => isSame(line, other) && line.unsure === other.unsure),
  );
  const told: PlanLine[] = [];
  for (const line of [...found, ...before, ...linesAlone(log, options)])
    if (![...sure, ...told].some((other) => isSame(line, other))) told.push(unsure(line));
  return [...sure, ...told.slice(0, MOST_UNSURE)];
}

/** The halt lines that each line is by itself, whatever comes after it. */
function linesAlone(log: string, { isCut = false, ...options }: Options): readonly PlanLine[] {
  const lines = log.split("\n").slice(isCut ? 1 : 0);
  return lines.flatMap((line) => findPlanLines(line, options));
}

/** Where the first line of a part's length, or more, ends. */
function endOfLongLine(log: string): number | undefined {
  for (let from = 0; from < log.length; ) {
    const end = log.indexOf("\n", from);
    const to = end < 0 ? log.length : end;
    // A character of UTF-16 has three bytes of UTF-8 at most.
    if ((to - from) * 3 >= PART_BYTES && Buffer.byteLength(log.slice(from, to)) >= PART_BYTES) return to + 1;
    from = to + 1;
  }
  return undefined;
}

function isSame(a: PlanLine, b: PlanLine): boolean {
  return a.reason === b.reason && a.plan === b.plan && a.height === b.height;
}
