import { isSameText, type PlanLine } from "./halt-text.ts";
import { KEYWORDS } from "./line-prefixes.ts";
import type { OutputLine } from "./output-line.ts";
import { RunReader } from "./run-reader.ts";
import { outputLines } from "./transport.ts";

export type { PlanLine };

/** What a caller knows of a log. */
export interface LogOptions {
  /** When the process began whose log it is, in ms: lines that are older by their own time are another's. */
  readonly startedAt?: number | undefined;
  /** The log begins in the middle of a line: what is left of that line could pass for one. */
  readonly isCut?: boolean | undefined;
  /**
   * The node's own output with nothing around its lines, as from a pipe or in a termination message. Without it the whole
   * log tells which platform wrote it down.
   */
  readonly isUnwrapped?: boolean | undefined;
  /**
   * Also the line that the log may show and that can't be read for sure, as `unsure`: the first that the run said, where its
   * lines disagree or a text could be read in two ways. It tells that the node halted, and proves nothing.
   */
  readonly withUnsure?: boolean | undefined;
}

/** So many halt lines are kept of one log: more than one is a dispute already. */
const KEPT_LINES = 4;
/** By how much the time of a line and that of a start, which a platform may round to seconds, can differ, in ms. */
const ROUNDING_MS = 1_000;

/** Reads one line of a log, in any format: see `findPlanLines`. */
export function parsePlanLine(line: string): PlanLine | undefined {
  return findPlanLines(line)[0];
}

/**
 * The halt lines in the log of one run of a node, the last one in it, that say different things: the newest first, four at
 * most. A line counts only where the halt text is the message of an error itself, or the text of a panic or of the error that
 * a program or its consensus ended with, in the words of real nodes alone; never inside another text or in a field, which may
 * hold on-chain text, and never where it could be either. A plan's `info` ends the true line and may hold line breaks, so a
 * forged line can follow it: where lines disagree, none is to be trusted.
 *
 * @example
 * ```ts
 * import { findPlanLines } from "@upgrade-halt/consumer";
 *
 * const [line] = findPlanLines('ERR UPGRADE "v6.7" NEEDED at height: 240000000: ');
 * console.log(line?.plan, line?.height);
 * ```
 */
export function findPlanLines(log: string, options: LogOptions = {}): readonly PlanLine[] {
  if (options.isUnwrapped && !KEYWORDS.test(log)) return [];
  const lines = linesOf(log, options);
  if (!lines.some(({ text }) => KEYWORDS.test(text))) return [];
  const { planLines } = lastRunOf(lines, oldestOf(options));
  return options.withUnsure ? planLines : planLines.filter(({ unsure }) => unsure !== true);
}

/** The last run in a log. */
export interface LastRun {
  readonly planLines: readonly PlanLine[];
  /** Its begin is in the log, too. */
  readonly isWhole: boolean;
  /** What the log says last of an end is no halt. */
  readonly endsOtherwise: boolean;
}

/** What a caller knows of the output of a process of its own. */
interface OwnOutput {
  /** The line at which the other of two streams begins. */
  readonly streamMark?: string | undefined;
  /** The line before one that was written after all that the other stream said so far. */
  readonly laterMark?: string | undefined;
}

/** What a process of the caller's says, as `findPlanLines` with `withUnsure` has it. By no clock: it is no other's. */
export function findOwnLines(output: string, own: OwnOutput = {}): readonly PlanLine[] {
  return KEYWORDS.test(output) ? readOwnRun(output, own).planLines : [];
}

/** As `findOwnLines`, for one who has read what came before. */
export function readOwnRun(output: string, own: OwnOutput): LastRun {
  const lines = outputLines(output, true);
  return lastRunOf(own.streamMark === undefined ? lines : ofStreams(lines, own), Number.NEGATIVE_INFINITY);
}

/** As `findPlanLines` with `withUnsure`, for one who has read what came before in the same log. */
export function readLastRun(log: string, options: LogOptions): LastRun {
  return lastRunOf(linesOf(log, options), oldestOf(options));
}

function ofStreams(
  lines: readonly OutputLine[],
  { streamMark, laterMark }: OwnOutput,
): readonly OutputLine[] {
  const ofOne: OutputLine[] = [];
  let stream = 0;
  let isLater = false;
  for (const line of lines) {
    if (line.text === streamMark) stream = 1 - stream;
    else if (line.text !== laterMark) ofOne.push({ ...line, stream, isLater });
    isLater = line.text === laterMark;
  }
  return ofOne;
}

function linesOf(log: string, options: LogOptions): readonly OutputLine[] {
  const { isCut = false, isUnwrapped } = options;
  const lines = outputLines(isCut ? afterFirstBreak(log) : log, isUnwrapped);
  const oldest = oldestOf(options);
  return lines.filter(({ at }) => at === undefined || at >= oldest);
}

function oldestOf({ startedAt = Number.NEGATIVE_INFINITY }: LogOptions): number {
  return startedAt - ROUNDING_MS;
}

/** Of a log in which several write, as of two pods, nothing tells which of them is the node. */
function lastRunOf(lines: readonly OutputLine[], oldest: number): LastRun {
  const sources = new Set<string | undefined>();
  for (const line of lines) if (isNodes(line)) sources.add(line.source);
  const [one, ...others] = sources;
  if (others.length === 0) return lastRunOfOne(lines, oldest);
  const runs = [one, ...others].map((source) =>
    lastRunOfOne(
      lines.filter((line) => isNodes(line) && line.source === source),
      oldest,
    ),
  );
  const planLines = runs.flatMap((run) => unsureOf(run.planLines.slice(0, 1), []));
  return { planLines: planLines.slice(0, KEPT_LINES), isWhole: false, endsOtherwise: false };
}

function isNodes({ isSupervisors, text }: OutputLine): boolean {
  return isSupervisors !== true && text !== "";
}

function lastRunOfOne(lines: readonly OutputLine[], oldest: number): LastRun {
  const reader = new RunReader(oldest);
  reader.read(lines);
  const said = reader.said();
  const sure = withoutRepeated(said.filter(({ unsure }) => unsure !== true).toReversed());
  return {
    planLines: [...sure, ...unsureOf(said, sure)],
    isWhole: reader.hasBegun,
    endsOtherwise: reader.endsOtherwise,
  };
}

/**
 * A node says one halt text in a run, maybe several times, and nothing of another after it: of texts that disagree the first is
 * its own, and the others are of that one's info, if nobody forged the first.
 */
function unsureOf([first]: readonly PlanLine[], sure: readonly PlanLine[]): readonly PlanLine[] {
  if (first === undefined || (first.unsure !== true && sure.length === 1)) return [];
  const { ending: _, ...line } = first;
  return [{ ...line, unsure: true }];
}

function withoutRepeated(lines: readonly PlanLine[]): readonly PlanLine[] {
  const found: PlanLine[] = [];
  for (const line of lines) {
    const same = found.findIndex((other) => isSameText(line, other));
    if (same >= 0) found.splice(same, 1, { ...found[same], ...line } as PlanLine);
    else if (found.length < KEPT_LINES) found.push(line);
  }
  return found;
}

function afterFirstBreak(log: string): string {
  const end = log.indexOf("\n");
  return end < 0 ? "" : log.slice(end + 1);
}
