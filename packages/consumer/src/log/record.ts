/** What a line of a node's output is: one record of its log, or text that no logger wrote. */
export type LogEntry =
  | {
      readonly kind: "record";
      /** The message itself. With `exact` it is only that; without, fields may follow on the same line. */
      readonly message: string;
      readonly exact: boolean;
      /** The value of the field `err` or `error`. */
      readonly error?: string | undefined;
    }
  | { readonly kind: "plain"; readonly text: string };

const LEVEL = String.raw`(?:TRC|DBG|INF|WRN|ERR|FTL|PNC|TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|PANIC)(?:[+-]\d+)?`;
const CLOCK = String.raw`(?:\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)? ?(?:[AP]M)?|\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d\S*|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?)`;
/** zerolog's console (with or without the caller), tint, slog's default: a time, a level, the message, fields. */
const CONSOLE = new RegExp(String.raw`^(?:${CLOCK}\s+)?\[?${LEVEL}\]?:?\s+(?:[\w./@-]+\.go:\d+ > )?`);
/** Tendermint's plain log: `E[2026-08-21|13:00:00.000] message  module=consensus`. */
const TENDERMINT = /^[DIWE]\[\d{4}-\d\d-\d\d\|\d\d:\d\d:\d\d\.\d+\]\s+/;

const QUOTED = String.raw`"(?:[^"\\]|\\.)*"`;
const PAIR = new RegExp(String.raw`([\w.@/-]+)=(${QUOTED}|\S*)(?:\s+|$)`, "y");

/** Reads one line of output: JSON, slog's text and other logfmt, the console of zerolog, tint or Tendermint, or none of them. */
export function entryOf(text: string): LogEntry {
  return jsonRecord(text) ?? logfmtRecord(text) ?? consoleRecord(text) ?? { kind: "plain", text };
}

function jsonRecord(text: string): LogEntry | undefined {
  if (!text.startsWith("{")) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  const message = [fields.message, fields.msg, fields._msg].find((each) => typeof each === "string");
  const error = [fields.error, fields.err].find((each) => typeof each === "string");
  return { kind: "record", message: String(message ?? ""), exact: true, error: error as string | undefined };
}

function logfmtRecord(text: string): LogEntry | undefined {
  if (!/^(?:time|ts|t|level|lvl|source|caller)=/.test(text)) return undefined;
  const fields = pairsOf(text, 0);
  const message = fields.get("msg");
  if (message === undefined) return undefined;
  return { kind: "record", message, exact: true, error: fields.get("error") ?? fields.get("err") };
}

function consoleRecord(text: string): LogEntry | undefined {
  const [prefix] = CONSOLE.exec(text) ?? TENDERMINT.exec(text) ?? [];
  if (prefix === undefined) return undefined;
  const rest = text.slice(prefix.length);
  const fieldsAt = rest.search(/\s(?:err|error)=/);
  const fields = fieldsAt < 0 ? undefined : pairsOf(rest, fieldsAt + 1);
  return {
    kind: "record",
    message: rest,
    exact: false,
    error: fields?.get("error") ?? fields?.get("err"),
  };
}

/** The `key=value` pairs from an index on, up to the first that is none. The first of a name counts. */
function pairsOf(text: string, from: number): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  PAIR.lastIndex = from;
  for (let pair = PAIR.exec(text); pair !== null; pair = PAIR.exec(text)) {
    const [, key = "", value = ""] = pair;
    if (!pairs.has(key)) pairs.set(key, value.startsWith('"') ? unquoted(value) : value);
    if (PAIR.lastIndex >= text.length) break;
  }
  return pairs;
}

/** Whether a text is nothing but `key=value` pairs, as those that follow a message on its line. */
export function isFields(text: string): boolean {
  const rest = text.trim();
  let from = 0;
  while (from < rest.length) {
    PAIR.lastIndex = from;
    if (PAIR.exec(rest) === null) return false;
    from = PAIR.lastIndex;
  }
  return true;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  a: "\u0007",
  v: "\v",
};

/** A text as Go's `strconv.Quote` writes it, without its quotes. */
function unquoted(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gs, (all, hex, short, long, one) => {
      const code = Number.parseInt(hex ?? short ?? long ?? "", 16);
      if (Number.isNaN(code)) return ESCAPES[one] ?? one ?? all;
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    });
}
