import { parsedObject, topLevelKeys } from "./json-object.ts";
import { onlyValue, pairsOf, QUOTED } from "./pairs.ts";
import { millis } from "./times.ts";

/** What a line of a node's output is: one record of its log, or text that no logger wrote. */
export type LogEntry = LogRecord | { readonly kind: "plain"; readonly text: string };

export interface LogRecord {
  readonly kind: "record";
  /** Its level is that of an error, or worse. */
  readonly isError: boolean;
  /**
   * The message, empty where two fields could be it. With `exact` it is only that, and holds its line breaks; without,
   * fields may follow on the line, and the message may go on in the next one.
   */
  readonly message: string;
  readonly exact: boolean;
  /** The value of the field `err` or `error`, where there is one such field. Of an inexact record: see `errorAfter`. */
  readonly error?: string | undefined;
  /** When it was written, where it names its time with a zone: ms since the epoch. */
  readonly at?: number | undefined;
}

const LEVEL = String.raw`(?:TRC|DBG|INF|WRN|ERR|FTL|PNC|TRACE|DEBUG|INFO|WARN|WARNING|ERROR|ERRO|FATAL|PANIC)(?:[+-]\d+)?`;
const ERROR_LEVEL = /^(?:ERR|ERRO|ERROR|FTL|FATAL|PNC|PANIC|DPANIC)(?:[+-]\d+)?$/i;
/** pino's number for an error; those of worse are higher. */
const ERROR_NUMBER = 50;
const CLOCK = String.raw`(?:\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)? ?(?:[AP]M)?|\d{2,4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d\S*|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?)`;
/** zerolog's console (with or without the caller), tint, slog's default: a time, a level, the message, fields. */
const CONSOLE = new RegExp(String.raw`^(?:(${CLOCK})\s+)?\[?(${LEVEL})\]?:?\s+(?:[\w./@-]+\.go:\d+ > )?`);
/** Tendermint's plain log: `E[2026-08-21|13:00:00.000] message  module=consensus`. */
const TENDERMINT = /^([DIWE])\[\d{4}-\d\d-\d\d\|\d\d:\d\d:\d\d\.\d+\]\s+/;

const LAST_PAIR = new RegExp(String.raw`\s[\w.@/-]+=(?:${QUOTED}|\S*)\s*$`);

/** Reads one line of output: JSON, slog's text and other logfmt, the console of zerolog, tint or Tendermint, or none of them. */
export function entryOf(text: string): LogEntry {
  return jsonRecord(text) ?? logfmtRecord(text) ?? consoleRecord(text) ?? { kind: "plain", text };
}

const MESSAGE_KEYS: ReadonlySet<string> = new Set(["message", "msg", "_msg"]);
const ERROR_KEYS: ReadonlySet<string> = new Set(["error", "err"]);
const TIME_KEYS: ReadonlySet<string> = new Set(["time", "ts", "timestamp"]);
const ZONED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;

function zoned(time: string | undefined): number | undefined {
  return time !== undefined && ZONED.test(time) ? millis(time) : undefined;
}

/** JSON without a level is no logger's record, but what some program prints. */
function jsonRecord(text: string): LogRecord | undefined {
  const fields = parsedObject(text);
  const { level } = fields ?? {};
  if (fields === undefined || (typeof level !== "string" && typeof level !== "number")) return undefined;
  const keys = topLevelKeys(text);
  const only = (names: ReadonlySet<string>) => {
    const [key, ...others] = keys.filter((each) => names.has(each));
    const value = key === undefined || others.length > 0 ? undefined : fields[key];
    return typeof value === "string" ? value : undefined;
  };
  const isError = typeof level === "number" ? level >= ERROR_NUMBER : ERROR_LEVEL.test(level);
  return {
    kind: "record",
    isError: isError && keys.filter((key) => key === "level").length === 1,
    message: only(MESSAGE_KEYS) ?? "",
    exact: true,
    error: only(ERROR_KEYS),
    at: zoned(only(TIME_KEYS)),
  };
}

function logfmtRecord(text: string): LogRecord | undefined {
  if (!/^(?:time|ts|t|level|lvl|source|caller)=/.test(text)) return undefined;
  const pairs = pairsOf(text, 0);
  const level = pairs.find(([key]) => key === "level" || key === "lvl")?.[1];
  if (level === undefined || !pairs.some(([key]) => key === "msg")) return undefined;
  return {
    kind: "record",
    isError: ERROR_LEVEL.test(level),
    message: onlyValue(pairs, MESSAGE_KEYS) ?? "",
    exact: true,
    error: onlyValue(pairs, ERROR_KEYS),
    at: zoned(onlyValue(pairs, TIME_KEYS)),
  };
}

/** Tendermint's command ends with `ERROR: ` and its error: no record, as it has no time. */
function consoleRecord(text: string): LogRecord | undefined {
  if (text.startsWith("ERROR: ")) return undefined;
  const [begin, clock, level = ""] = CONSOLE.exec(text) ?? [];
  if (begin !== undefined)
    return inexact(text.slice(begin.length), { isError: ERROR_LEVEL.test(level), at: zoned(clock) });
  const [intro, letter] = TENDERMINT.exec(text) ?? [];
  return intro === undefined
    ? undefined
    : inexact(text.slice(intro.length), { isError: letter === "E", at: undefined });
}

function inexact(message: string, about: Pick<LogRecord, "isError" | "at">): LogRecord {
  return { kind: "record", message, exact: false, ...about };
}

/** The one error among the fields that follow the first characters of an inexact record's message. */
export function errorAfter(message: string, length: number): string | undefined {
  return onlyValue(pairsOf(message, length), ERROR_KEYS);
}

/** Whether an inexact record ends with a field: its message is whole then, unless somebody imitated one. */
export function endsWithField({ message }: LogRecord): boolean {
  return LAST_PAIR.test(message);
}
