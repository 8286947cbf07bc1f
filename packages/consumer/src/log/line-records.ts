import { type JsonFields, parsedObject } from "./json-object.ts";
import type { OutputLine, Transport } from "./output-line.ts";
import { micros, millis } from "./times.ts";

/** One line of a log as a record of its own: what a node wrote, or a part of it. */
interface Piece {
  readonly text: string;
  readonly at?: number | undefined;
  readonly isSupervisors?: boolean;
  /** Parts of one line are of one stream. */
  readonly stream?: string;
  /** The rest of the line is in the next piece of this stream. */
  readonly goesOn?: boolean;
}

/** Longest line that is put together from parts, in characters: a halt line with the longest `info` is far below. */
const LONGEST_JOINED = 1_048_576;

const OF_DOCKER: ReadonlySet<string> = new Set(["log", "stream", "time", "attrs", "kubernetes", "docker"]);
const STREAMS: ReadonlySet<unknown> = new Set(["stdout", "stderr"]);
const OF_PM2: ReadonlySet<string> = new Set(["message", "timestamp", "type", "process_id", "app_name"]);

/** Docker's json-file, and what shippers add to it. */
export const DOCKER_JSON = ofJson((fields, keys) => {
  const { log, stream, time } = fields;
  if (typeof log !== "string" || !STREAMS.has(stream) || !keys.every((key) => OF_DOCKER.has(key)))
    return undefined;
  return [
    {
      text: log.replace(/\r?\n$/, ""),
      at: millis(time),
      stream: String(stream),
      goesOn: !log.endsWith("\n"),
    },
  ];
});

/** pm2 writes down what it read at once, be it several lines. */
export const PM2_JSON = ofJson(({ message, timestamp }, keys) => {
  if (typeof message !== "string" || keys.length !== OF_PM2.size || !keys.every((key) => OF_PM2.has(key)))
    return undefined;
  const lines = message.replace(/\n$/, "").split("\n");
  return lines.map((text) => ({ text: text.replace(/\r$/, ""), at: millis(timestamp) }));
});

const JOURNAL_FIELD = /^_{0,2}[A-Z][A-Z0-9_]*$/;

/** `journalctl -o json`: all of its fields are in capital letters, and journald's own begin with a low line. */
export const JOURNAL_JSON = ofJson((fields, keys) => {
  if (!keys.every((key) => JOURNAL_FIELD.test(key))) return undefined;
  if (!keys.includes("__CURSOR") && !keys.includes("_BOOT_ID")) return undefined;
  const { MESSAGE, _PID: pid, __REALTIME_TIMESTAMP: at } = fields;
  const text =
    typeof MESSAGE === "string" ? MESSAGE : isBytes(MESSAGE) ? Buffer.from(MESSAGE).toString() : "";
  return [{ text: firstLine(text), at: micros(at), isSupervisors: pid === "1" }];
});

/** A message of several lines is one text: only its begin can be a halt line. */
export function firstLine(text: string): string {
  const end = text.indexOf("\n");
  return end < 0 ? text : text.slice(0, end);
}

const CRI_LINE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) (stdout|stderr) ([FP])(?: (.*))?$/s;

/** containerd and CRI-O: a time, a stream, whether the line goes on, the line. */
export const CRI: Transport = (lines) =>
  joined(lines, ({ text: line }) => {
    const [, time, stream = "", tag, text = ""] = CRI_LINE.exec(line) ?? [];
    return time === undefined ? undefined : [{ text, at: millis(time), stream, goesOn: tag === "P" }];
  });

function ofJson(read: (fields: JsonFields, keys: readonly string[]) => Piece[] | undefined): Transport {
  return (lines) =>
    joined(lines, ({ text }) => {
      const fields = parsedObject(text);
      return fields && read(fields, Object.keys(fields));
    });
}

/** The lines that the pieces of all lines make, unless one of them is none: the last may be half-written. */
function joined(
  lines: readonly OutputLine[],
  piecesOf: (line: OutputLine) => readonly Piece[] | undefined,
): readonly OutputLine[] | undefined {
  const whole: OutputLine[] = [];
  const begun = new Map<string | undefined, string>();
  for (const [index, line] of lines.entries()) {
    if (line.text === "") continue;
    const pieces = piecesOf(line);
    const isHalfWritten = index > 0 && index === lines.length - 1 && line.text.startsWith("{");
    if (pieces === undefined && isHalfWritten && parsedObject(line.text) === undefined) break;
    if (pieces === undefined) return undefined;
    for (const { text, at, isSupervisors, stream, goesOn } of pieces) {
      // Of a line that is too long only the begin is kept: its rest is no line of its own.
      const joinedText = ((begun.get(stream) ?? "") + text).slice(0, LONGEST_JOINED);
      if (goesOn) begun.set(stream, joinedText);
      else {
        begun.delete(stream);
        whole.push({
          text: joinedText,
          at: line.at ?? at,
          isSupervisors: line.isSupervisors || isSupervisors,
        });
      }
    }
  }
  for (const text of begun.values()) whole.push({ text });
  return whole.length > 0 ? whole : undefined;
}

function isBytes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((byte) => Number.isInteger(byte));
}
