import { type HaltText, parseHaltText } from "./halt-text.ts";
import { entryOf, type LogEntry } from "./record.ts";
import { beginsRun } from "./runs.ts";
import { type OutputLine, outputLines } from "./transport.ts";

/** What one halt line of a log says. The names in it are as the log had them: untrusted. */
export interface PlanLine extends HaltText {
  /** It is also the text of the panic or error that the process ended with. */
  readonly ending?: true | undefined;
}

export interface LogOptions {
  /** When the process began whose log it is, in ms: lines that are older by their own time are another's. */
  readonly startedAt?: number | undefined;
  /** The log begins in the middle of a line: what is left of that line could pass for one. */
  readonly isCut?: boolean | undefined;
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
 * most. A line counts only where the halt text is the message itself, or the text of a panic or of the error that a
 * program or its consensus ended with; never inside another text or in a field, which may hold on-chain text. A plan's `info`
 * ends the true line and may hold line breaks, so a forged line can follow it: where lines disagree, none is to be trusted.
 */
export function findPlanLines(log: string, options: LogOptions = {}): readonly PlanLine[] {
  const found: PlanLine[] = [];
  for (const line of linesOfLastRun(log, options)) {
    const same = found.findIndex((other) => isSameLine(line, other));
    if (same >= 0) found.splice(same, 1, { ...found[same], ...line } as PlanLine);
    else if (found.length < KEPT_LINES) found.push(line);
  }
  return found;
}

/** Every halt text has one of these words, and no logger escapes them. */
const KEYWORDS = /NEEDED at height|BINARY UPDATED BEFORE|upgrade handler is missing/;

/** The newest first. */
function linesOfLastRun(
  log: string,
  { startedAt = Number.NEGATIVE_INFINITY, isCut = false }: LogOptions,
): PlanLine[] {
  const all = outputLines(isCut ? afterFirstBreak(log) : log);
  if (!all.some(({ text }) => KEYWORDS.test(text))) return [];
  let found: PlanLine[] = [];
  /** Lines without a logger's prefix after this one belong to a plan's info. */
  let inScheduled = false;
  /** Begin, in `found`, of the lines that a panic or an error said which nothing came after so far. */
  let ending: number | undefined;
  for (const output of all) {
    if (isOlder(output, startedAt)) continue;
    const entry = entryOf(output.text);
    if (beginsRun(entry)) [found, ending] = [[], undefined];
    if (entry.kind === "record") {
      inScheduled = !entry.exact && SCHEDULED.test(entry.message);
      if (!OF_COSMOVISOR.test(output.text)) ending = undefined;
      const text = textOfRecord(entry);
      if (text !== undefined) found.push(text);
      continue;
    }
    if (inScheduled) continue;
    const said = sayingOf(entry.text);
    inScheduled = SCHEDULED.test(entry.text);
    if (said.isEnding) ending = said.isSecond ? (ending ?? found.length) : found.length;
    if (said.text !== undefined) found.push(said.text);
  }
  const from = ending ?? found.length;
  return found.map((line, index): PlanLine => (index >= from ? { ...line, ending: true } : line)).reverse();
}

const SCHEDULED = /^UPGRADE ".*" SCHEDULED at /;

function afterFirstBreak(log: string): string {
  const end = log.search(/[\r\n]/);
  return end < 0 ? "" : log.slice(end + 1);
}

function isOlder({ at }: OutputLine, startedAt: number): boolean {
  return at !== undefined && at < startedAt - ROUNDING_MS;
}

/** What consensus says when the application fails it: its error is the application's own. */
const CONSENSUS_FAILED = /^(?:CONSENSUS FAILURE!!!|[Ee]rror in proxyAppConn\.\w+|[Ff]ailed to apply block)/;

function textOfRecord({ message, error }: Extract<LogEntry, { kind: "record" }>): HaltText | undefined {
  const text = parseHaltText(withoutWrapper(message));
  if (text !== undefined || error === undefined || !CONSENSUS_FAILED.test(message)) return text;
  return parseWrapped(error);
}

interface Saying {
  readonly text: HaltText | undefined;
  /** A panic, or the error that a program ends with. */
  readonly isEnding: boolean;
  /** A panic that was thrown again: what was thrown first is on the line before. */
  readonly isSecond: boolean;
}

const ENDING = /^(\s*)(?:panic|[Ee]rror|ERROR): /;
/** What cosmovisor and other wrappers say of the program that ended. */
const OF_COSMOVISOR = /\bmodule=cosmovisor\b|"module":"cosmovisor"/;
const OF_ANOTHER = /^\s*[Ee]rror: exit status \d+\s*$/;

function sayingOf(line: string): Saying {
  const [begin, indent] = ENDING.exec(line) ?? [];
  if (begin === undefined || OF_ANOTHER.test(line))
    return { text: parseHaltText(withoutWrapper(line.trim())), isEnding: false, isSecond: false };
  const text = parseWrapped(line.slice(begin.length).replace(RECOVERED, ""));
  return { text, isEnding: true, isSecond: indent !== "" };
}

const RECOVERED = /\s*\[recovered[^\]]*\]\s*$/;

/** What errors are wrapped in on their way out of x/upgrade, through consensus, to the end of the program. */
const WRAPPER = new RegExp(
  `^(?:(?:${[
    "module manager [a-z]+",
    "(?:error )?failed to (?:finalize|apply) block",
    String.raw`(?:error )?failed to process committed block \([^")]{0,100}\)`,
    "error (?:during handshake|on replay|in proxyAppConn\\.\\w+|from proxyAppConn\\.\\w+)",
    "failed to (?:start|create) node",
    "error starting node",
    "(?:pre|begin|end) ?[Bb]lock(?:er)?(?: (?:failed|error))?",
  ].join("|")})(?:: |; (?:error )?))+`,
);

function withoutWrapper(text: string): string {
  return text.replace(WRAPPER, "");
}

/** The text of a panic or an error, in whatever words that quote nothing. */
const ANY_WRAPPER = /^[^"\\\r\n]{1,500}?(?:: |; error )(?=UPGRADE "|BINARY UPDATED|[Ww]rong app version)/;

function parseWrapped(text: string): HaltText | undefined {
  return parseHaltText(text.replace(ANY_WRAPPER, ""));
}

function isSameLine(a: PlanLine, b: PlanLine): boolean {
  return a.reason === b.reason && a.plan === b.plan && a.height === b.height;
}
