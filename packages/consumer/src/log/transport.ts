/** A line of a node's own output, as it wrote it, and when, where what carried it says so (ms since the epoch). */
export interface OutputLine {
  readonly text: string;
  readonly at?: number | undefined;
}

/** Longest line that is put together from parts, in characters: a halt line with the longest `info` is far below. */
const LONGEST_JOINED = 1_048_576;
/** A platform around a platform around a node: deeper than this nobody nests. */
const LAYERS = 4;

const LINE_BREAK = /\r\n|\n|\r/;
const COLOUR = new RegExp(String.raw`${String.fromCharCode(27)}\[[\d;:?]*[A-Za-z]`, "g");

const TIMESTAMP = /^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)\]?:?\s+(?=\S)/;
const PREFIXES: readonly RegExp[] = [
  // docker compose, honcho, pm2: `seid-1  | `, `13:00:00 seid.1 | `, `0|seid  | `.
  /^(?:\d\d:\d\d:\d\d )?(?:\d+\|)?[\w.-]{1,100} *\| /,
  // kubectl logs --prefix: `[pod/sei-0/seid] `.
  /^\[pod\/[^\]\s]{1,300}\] /,
  // journalctl -o short and its variants, and syslog: `Aug 21 13:00:00 host seid[123]: `.
  /^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?) \S+ [^\s:[\]]+\[\d+\]: /,
  // multilog and s6-log: TAI64N; svlogd: its own date.
  /^@[0-9a-f]{24} /,
  /^\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d(?:\.\d+)? /,
];
/** containerd and CRI-O: a time, a stream, whether the line goes on, the line. */
const CRI = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) (?:stdout|stderr) ([FP])(?: |$)(.*)$/s;

/**
 * The lines that a node wrote, out of a log in whatever its platform wraps them in: Docker's json-file, CRI, compose, pm2,
 * kubectl, journald (cat, short, export, JSON), syslog, daemontools. Colours are taken off.
 */
export function outputLines(log: string): OutputLine[] {
  const lines: OutputLine[] = [];
  let begun = "";
  let exportedText = false;
  for (const raw of log.split(LINE_BREAK)) {
    const line = exportedText ? raw.replace(EXPORTED_LENGTH, "") : raw;
    exportedText = raw === "MESSAGE";
    const { text, at, goesOn } = unwrap(line);
    const whole = begun + text;
    begun = goesOn && whole.length < LONGEST_JOINED ? whole : "";
    if (begun !== "") continue;
    for (const part of whole.split(LINE_BREAK)) lines.push({ text: part, at });
  }
  if (begun !== "") lines.push({ text: begun });
  return lines;
}

/** journald writes a text that is no plain line as its length, eight bytes, and its bytes. */
const EXPORTED_LENGTH = /^[\u0000-\u007f\ufffd]{8}/;

interface Unwrapped extends OutputLine {
  /** The rest of it is in the next line. */
  readonly goesOn: boolean;
}

function unwrap(line: string): Unwrapped {
  let text = line.includes("\u001b") ? line.replace(COLOUR, "") : line;
  let at: number | undefined;
  let goesOn = false;
  for (let layer = 0; layer < LAYERS; layer += 1) {
    const inner = fromJson(text) ?? fromCri(text) ?? fromPrefix(text);
    if (inner === undefined) break;
    text = inner.text.includes("\u001b") ? inner.text.replace(COLOUR, "") : inner.text;
    at ??= inner.at;
    goesOn ||= inner.goesOn;
  }
  return { text, at, goesOn };
}

/**
 * Docker's json-file, `journalctl -o json` and pm2's JSON. Each is known by all of its fields: a node's own record may have
 * any one of them, with any text in it.
 */
function fromJson(line: string): Unwrapped | undefined {
  if (!line.startsWith("{")) return undefined;
  const value = parsed(line);
  if (value === undefined) return undefined;
  const { log, stream, time, MESSAGE, message, timestamp } = value;
  const keys = Object.keys(value);
  if (typeof log === "string" && typeof stream === "string" && keys.every((key) => OF_DOCKER.has(key)))
    return { text: log.replace(/\r?\n$/, ""), at: millis(time), goesOn: !log.endsWith("\n") };
  if (typeof message === "string" && keys.length === 5 && keys.every((key) => OF_PM2.has(key)))
    return { text: message.replace(/\r?\n$/, ""), at: millis(timestamp), goesOn: false };
  if (!keys.includes("__CURSOR") && !keys.includes("_BOOT_ID")) return undefined;
  const text =
    typeof MESSAGE === "string" ? MESSAGE : isBytes(MESSAGE) ? Buffer.from(MESSAGE).toString() : undefined;
  return text === undefined ? undefined : { text, at: micros(value.__REALTIME_TIMESTAMP), goesOn: false };
}

const OF_DOCKER: ReadonlySet<string> = new Set(["log", "stream", "time", "attrs", "kubernetes", "docker"]);
const OF_PM2: ReadonlySet<string> = new Set(["message", "timestamp", "type", "process_id", "app_name"]);

function fromCri(line: string): Unwrapped | undefined {
  const [, time, tag, text] = CRI.exec(line) ?? [];
  if (time === undefined || text === undefined) return undefined;
  return { text, at: millis(time), goesOn: tag === "P" };
}

function fromPrefix(line: string): Unwrapped | undefined {
  if (line.startsWith("MESSAGE=")) return { text: line.slice("MESSAGE=".length), goesOn: false };
  for (const prefix of PREFIXES) {
    const [found] = prefix.exec(line) ?? [];
    if (found !== undefined) return { text: line.slice(found.length), goesOn: false };
  }
  const [found, time] = TIMESTAMP.exec(line) ?? [];
  if (found === undefined) return undefined;
  // A time without a zone is of a clock that nobody names.
  return {
    text: line.slice(found.length),
    at: /[Z+]|-\d\d:?\d\d$/.test(time?.slice(10) ?? "") ? millis(time) : undefined,
    goesOn: false,
  };
}

function isBytes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((byte) => Number.isInteger(byte));
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function millis(time: unknown): number | undefined {
  const at = typeof time === "string" ? Date.parse(time.replace(",", ".").replace(" ", "T")) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

function micros(time: unknown): number | undefined {
  return typeof time === "string" && /^\d{1,18}$/.test(time) ? Number(time) / 1_000 : undefined;
}
