import { type JsonFields, parsedObject } from "./json-object.ts";
import { LineJoiner, type Piece } from "./line-joiner.ts";
import type { OutputLine, Transport } from "./output-line.ts";
import { micros, millis } from "./times.ts";

const OF_DOCKER: ReadonlySet<string> = new Set([
  ...["log", "stream", "time", "attrs", "kubernetes", "docker", "logtag"],
]);
const STREAMS: ReadonlySet<unknown> = new Set(["stdout", "stderr"]);
const OF_PM2: ReadonlySet<string> = new Set(["message", "timestamp", "type", "process_id", "app_name"]);

/** Docker's json-file, and what shippers add to it. */
export const DOCKER_JSON = ofJson((fields, keys) => {
  const { log, stream, time, kubernetes, logtag } = fields;
  if (typeof log !== "string" || !STREAMS.has(stream) || !keys.every((key) => OF_DOCKER.has(key)))
    return undefined;
  return [
    {
      text: log.replace(/\r?\n$/, ""),
      at: millis(time),
      stream: String(stream),
      source: podIn(kubernetes),
      // A shipper that read CRI's tag has left out the line break.
      goesOn: logtag === undefined ? !log.endsWith("\n") : logtag === "P",
    },
  ];
});

function podIn(kubernetes: unknown): string | undefined {
  if (typeof kubernetes !== "object" || kubernetes === null) return undefined;
  const { namespace_name, pod_name, container_name } = kubernetes as JsonFields;
  return [namespace_name, pod_name, container_name].join("/");
}

/** pm2 writes down what it read at once, be it several lines. */
export const PM2_JSON = ofJson(({ message, timestamp, process_id, app_name }, keys) => {
  if (typeof message !== "string" || keys.length !== OF_PM2.size || !keys.every((key) => OF_PM2.has(key)))
    return undefined;
  const lines = message.replace(/\n$/, "").split("\n");
  const source = `${process_id}|${app_name}`;
  return lines.map((text) => ({ text: text.replace(/\r$/, ""), at: millis(timestamp), source }));
});

const OF_STERN: ReadonlySet<string> = new Set([
  ...["message", "nodeName", "namespace", "podName", "containerName", "labels", "annotations"],
]);

/** stern -o json, of one container as of several. */
export const STERN_JSON = ofJson((fields, keys) => {
  const { message, namespace, podName, containerName } = fields;
  if (typeof message !== "string" || typeof podName !== "string" || typeof containerName !== "string")
    return undefined;
  if (!keys.every((key) => OF_STERN.has(key))) return undefined;
  return [{ text: withoutBreak(message), source: [namespace, podName, containerName].join("/") }];
});

const OF_SHIPPERS: ReadonlySet<string> = new Set([
  ...["message", "stream", "timestamp", "time", "@timestamp", "source_type", "file", "host", "logtag"],
  ...["container_id", "container_name", "container_created_at", "image", "label", "kubernetes", "docker"],
  ...["@version", "@metadata", "agent", "ecs", "input", "log", "container"],
]);

/** What vector and filebeat ship of a container's output. */
export const SHIPPED_JSON = ofJson((fields, keys) => {
  const { message, stream, timestamp, time, kubernetes, container_name, logtag } = fields;
  if (typeof message !== "string" || !STREAMS.has(stream) || !keys.every((key) => OF_SHIPPERS.has(key)))
    return undefined;
  const at = millis(timestamp ?? time ?? fields["@timestamp"]);
  const source = podIn(kubernetes) ?? (typeof container_name === "string" ? container_name : undefined);
  return [{ text: withoutBreak(message), at, stream: String(stream), source, goesOn: logtag === "P" }];
});

function withoutBreak(text: string): string {
  return firstLine(text).replace(/\r$/, "");
}

const JOURNAL_FIELD = /^_{0,2}[A-Z][A-Z0-9_]*$/;

/** `journalctl -o json`: all of its fields are in capital letters, and journald's own begin with a low line. */
export const JOURNAL_JSON = ofJson((fields, keys) => {
  if (!keys.every((key) => JOURNAL_FIELD.test(key))) return undefined;
  if (!keys.includes("__CURSOR") && !keys.includes("_BOOT_ID")) return undefined;
  const { MESSAGE, __REALTIME_TIMESTAMP: at, _LINE_BREAK: end, _STREAM_ID: id } = fields;
  const text =
    typeof MESSAGE === "string" ? MESSAGE : isBytes(MESSAGE) ? Buffer.from(MESSAGE).toString() : "";
  const stream = typeof id === "string" ? id : undefined;
  const piece = { text: firstLine(text), at: micros(at), ...writerOf((name) => fields[name]) };
  return [{ ...piece, stream, goesOn: goesOnAfter(end) }];
});

/** Who wrote an entry of the journal: a manager of systemd or the kernel, or what else its fields name. */
export function writerOf(field: (name: string) => unknown): Pick<OutputLine, "isSupervisors" | "source"> {
  const isOfUser = field("SYSLOG_IDENTIFIER") === "systemd" && field("_SYSTEMD_USER_UNIT") === "init.scope";
  if (field("_PID") === "1" || isOfUser || field("_TRANSPORT") === "kernel") return { isSupervisors: true };
  const names = WRITERS.map((name) => field(name)).filter((name) => typeof name === "string");
  return { source: names.length === 0 ? undefined : names.join(" ") };
}

const WRITERS = ["_HOSTNAME", "_SYSTEMD_UNIT", "_SYSTEMD_USER_UNIT", "CONTAINER_NAME"];

/**
 * Whether journald cut the line of a stream there, by its field `_LINE_BREAK`: at its `LineMax=` (48 KiB) or at a zero byte
 * (systemd.journal-fields(7), systemd 252). What comes next is the rest of it.
 */
export function goesOnAfter(lineBreak: unknown): boolean {
  return lineBreak === "line-max" || lineBreak === "nul";
}

/** The messages in what `journalctl -o json` printed, a line each. */
export function journalMessages(entries: string): string {
  const messages = JOURNAL_JSON(entries.split("\n").map((text) => ({ text })));
  return (messages ?? []).map(({ text }) => `${text}\n`).join("");
}

/** A message of several lines is one text: only its begin can be a halt line. */
export function firstLine(text: string): string {
  const end = text.indexOf("\n");
  return end < 0 ? text : text.slice(0, end);
}

const CRI_LINE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) (stdout|stderr) ([FP])(?: (.*))?$/s;

const BEGIN_OF_CRI_LINE = /^\d{1,4}(?:-[\dT:.Z+-]*(?: [a-z]{0,6})?)?$/;

/** containerd and CRI-O: a time, a stream, whether the line goes on, the line. */
export const CRI: Transport = (lines) =>
  joined(
    lines,
    ({ text: line }) => {
      const [, time, stream = "", tag, text = ""] = CRI_LINE.exec(line) ?? [];
      return time === undefined ? undefined : [{ text, at: millis(time), stream, goesOn: tag === "P" }];
    },
    (text) => BEGIN_OF_CRI_LINE.test(text),
  );

function ofJson(read: (fields: JsonFields, keys: readonly string[]) => Piece[] | undefined): Transport {
  return (lines) =>
    joined(
      lines,
      ({ text }) => {
        const fields = parsedObject(text);
        return fields && read(fields, Object.keys(fields));
      },
      (text) => text.startsWith("{") && parsedObject(text) === undefined,
    );
}

/** The lines that the pieces of all lines make, unless one of them is none: the last may be half-written. */
function joined(
  lines: readonly OutputLine[],
  piecesOf: (line: OutputLine) => readonly Piece[] | undefined,
  isBegin: (text: string) => boolean,
): readonly OutputLine[] | undefined {
  const joiner = new LineJoiner();
  for (const [index, line] of lines.entries()) {
    if (line.text === "") continue;
    const pieces = piecesOf(line);
    if (pieces === undefined && index > 0 && index === lines.length - 1 && isBegin(line.text)) break;
    if (pieces === undefined) return undefined;
    for (const piece of pieces) joiner.add(piece, line);
  }
  return joiner.lines();
}

function isBytes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((byte) => Number.isInteger(byte));
}
