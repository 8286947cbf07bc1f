import { type HaltText, infoOfNeeded, parseHaltText } from "./halt-text.ts";
import { endsWithField, errorAfter, type LogEntry, type LogRecord } from "./logger-formats.ts";
import { BARE, failureOf, PROGRAM_FAILED, WRAPPED } from "./program-errors.ts";
import { isStart } from "./runs.ts";

/** Whether a record tells the error that its program ends with. */
export function isProgramsEnd({ isError, exact, message }: LogRecord): boolean {
  if (!isError) return false;
  const [failed] = PROGRAM_FAILED.exec(message) ?? [];
  return failed !== undefined && (!exact || failed === message);
}

/** The halt text that a record is about: its message is one, or the error that it says consensus or the program failed with. */
export function textOfRecord(record: LogRecord): HaltText | undefined {
  const said = haltingPart(record);
  return said === undefined ? undefined : parseWrapped(said);
}

/** The text that a record is about where its line breaks were escaped, so that nothing after it is of its info. */
export function wholeTextOf(record: LogRecord): string | undefined {
  return record.exact || failureOf(record.message) !== undefined ? haltingPart(record) : undefined;
}

function haltingPart(record: LogRecord): string | undefined {
  const { isError, message, exact, error } = record;
  if (!isError) return undefined;
  const failed = failureOf(message);
  if (failed === undefined) return message;
  if (exact && failed !== message) return undefined;
  return exact ? error : errorAfter(message, failed.length);
}

/** What a line says that no logger wrote. */
export interface Saying {
  readonly text: HaltText | undefined;
  /**
   * `error`: the error that a program ends with, `bare` without a word before it. `again`: a panic thrown again, under the one
   * before.
   */
  readonly ending?: "panic" | "error" | "bare" | "again";
  /** It is of a panic that was recovered: the one that was thrown again comes next. */
  readonly isRecovered: boolean;
  /** A wrapper says it of the program that it ran. */
  readonly isOfWrapper?: true;
}

/** A Go panic, cobra's word for an error, and Tendermint's. */
const ENDING = /^(\t?panic|Error|ERROR): /;
/**
 * What cosmovisor and other wrappers say of the program that ended, in Go's words for it, and cosmovisor 1.5.0 (`upgrade.go`) of
 * the binary that it was to start after it.
 */
const OF_ANOTHER =
  /^Error: (?:(?:exit status \d+|signal: [a-z][a-z0-9 ]*)(?: \(core dumped\))?|binary not present, downloading disabled: stat \S+: no such file or directory)$/;
/** What `exec` says of the command that ended. */
const OF_EXEC = /^(?:upgrade-halt: |\{"verdict":)/;
const RECOVERED = "[recovered";

export function sayingOf(line: string): Saying {
  const whole = line.trimEnd();
  const said = withoutRecovered(whole);
  const isRecovered = said !== undefined;
  const [begin, word] = ENDING.exec(line) ?? [];
  if (begin === undefined && BARE.test(line))
    return { text: parseWrapped(line), ending: "bare", isRecovered: false };
  if (begin !== undefined && OF_ANOTHER.test(whole))
    return { text: undefined, isRecovered, isOfWrapper: true };
  if (begin === undefined && OF_EXEC.test(line)) return { text: undefined, isRecovered, isOfWrapper: true };
  if (begin === undefined) return { text: parseWrapped(line), isRecovered };
  const text = parseWrapped((said ?? line).slice(begin.length));
  const ending = word === "panic" ? "panic" : word === "\tpanic" ? "again" : "error";
  return { text, ending, isRecovered };
}

/**
 * What stands before a last `[recovered...]` in a text without spaces at its end. `undefined` where there is none. No expression:
 * one without a fixed begin takes the square of a line's length.
 */
function withoutRecovered(text: string): string | undefined {
  if (!text.endsWith("]")) return undefined;
  const before = text.lastIndexOf("]", text.length - 2);
  const at = text.indexOf(RECOVERED, before + 1);
  return at < 0 ? undefined : text.slice(0, at).trimEnd();
}

function parseWrapped(text: string): HaltText | undefined {
  return parseHaltText(text.replace(WRAPPED, ""));
}

/** A plan's info at the end of an entry, which may go on in the lines after it, whatever they look like. */
export interface PlanInfo {
  /** So much of it as is on the entry's own line, with fields behind it maybe. */
  readonly begin: string;
  /**
   * `needed`: the plan has come. `scheduled`: it is ahead, and its info JSON, without which no upgrade is a minor one.
   * `skipped`: the node passed over the plan, whose info may be anything. `unknown`: nothing tells where the info ends.
   */
  readonly of: "needed" | "scheduled" | "skipped" | "unknown";
}

/** What any text with an info begins with. */
const UPGRADE = 'UPGRADE "';
const SCHEDULED = /^UPGRADE "[^\r\n]*" SCHEDULED at height: \d{1,19}: /;
const SKIPPED = /^UPGRADE "[^\r\n]*" SKIPPED at \d{1,19}:/;
const UNKNOWN = /^UPGRADE "[^\r\n]*" (?:SKIPPED|SCHEDULED) at /;

/** Whether a node says with this record that it passes over an upgrade: it left behind what it said of one before. */
export function isSkip({ message }: LogRecord): boolean {
  return SKIPPED.test(message);
}

/** The info that an entry brings with it, unless the entry is a whole message. */
export function infoIn(entry: LogEntry): PlanInfo | undefined {
  if (entry.kind === "record" && entry.exact) return undefined;
  const said = entry.kind === "record" ? entry.message : entry.text.replace(ENDING, "");
  if (!said.includes(UPGRADE)) return undefined;
  const text = said.replace(WRAPPED, "");
  const [begin] = SCHEDULED.exec(text) ?? [];
  if (begin !== undefined) return { of: "scheduled", begin: text.slice(begin.length) };
  const [skipped] = SKIPPED.exec(text) ?? [];
  if (skipped !== undefined) return { of: "skipped", begin: text.slice(skipped.length) };
  if (UNKNOWN.test(text)) return { of: "unknown", begin: "" };
  const needed = infoOfNeeded(text);
  return needed === undefined ? undefined : { of: "needed", begin: needed };
}

/** Whether the message of a record may go on in the next line: no field ends it, and it is none that is known as a whole. */
export function isOpenEnded(record: LogRecord): boolean {
  return !record.exact && !endsWithField(record) && !isStart(record) && textOfRecord(record) === undefined;
}
