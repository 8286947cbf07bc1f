const ESCAPE = "\u001b";

/** One line of a log of a node, in the format of a logger: a message, and fields that may hold anything. */
export type LogFormat = (level: string, message: string, fields: Readonly<Record<string, string>>) => string;

const coloured = (code: number, text: string) => `${ESCAPE}[${code}m${text}${ESCAPE}[0m`;
const pairs = (fields: Readonly<Record<string, string>>, paint = (key: string) => key) =>
  Object.entries(fields)
    .map(([key, value]) => ` ${paint(`${key}=`)}${/^[\w./:-]+$/.test(value) ? value : JSON.stringify(value)}`)
    .join("");
const TIME = "2026-08-21T18:00:00Z";

/** The loggers of real nodes. The console ones write a message as it is, line breaks too. */
export const FORMATS: Readonly<Record<string, LogFormat>> = {
  "zerolog console": (level, message, fields) => `5:59PM ${level} ${message}${pairs(fields)}`,
  "zerolog console with colour": (level, message, fields) =>
    `${coloured(90, "5:59PM")} ${coloured(31, level)} ${message}${pairs(fields, (key) => coloured(36, key))}`,
  "zerolog JSON": (level, message, fields) =>
    JSON.stringify({ level: level.toLowerCase(), ...fields, time: TIME, message }),
  "CometBFT JSON": (level, message, fields) => JSON.stringify({ _msg: message, level, ...fields }),
  "Tendermint plain": (level, message, fields) =>
    `${level.charAt(0)}[2026-08-21|18:00:00.000] ${message}${pairs(fields)}`,
  "slog text": (level, message, fields) =>
    `time=${TIME} level=${level} msg=${JSON.stringify(message)}${pairs(fields)}`,
  "slog JSON": (level, message, fields) => JSON.stringify({ time: TIME, level, msg: message, ...fields }),
  tint: (level, message, fields) => `Aug 21 18:00:00.000 ${level} ${message}${pairs(fields)}`,
  "tint with colour": (level, message, fields) =>
    `${coloured(2, "Aug 21 18:00:00.000")} ${coloured(91, level)} ${message}${pairs(fields, (key) => coloured(2, key))}`,
};

const eachLine = (wrap: (line: string) => string) => (log: string) => log.split("\n").map(wrap).join("\n");

/** What platforms make of the lines that a node writes. */
export const TRANSPORTS: Readonly<Record<string, (log: string) => string>> = {
  "as it is": (log) => log,
  "Docker json-file": eachLine((line) => JSON.stringify({ log: `${line}\n`, stream: "stderr", time: TIME })),
  CRI: eachLine((line) => `2026-08-21T18:00:00.123456789Z stderr F ${line}`),
  compose: eachLine((line) => `${coloured(36, "seid-1  | ")}${line}`),
  pm2: eachLine((line) => `0|seid  | ${line}`),
  "kubectl logs": eachLine((line) => `[pod/sei-0/seid] 2026-08-21T18:00:00.123456789Z ${line}`),
  "compose of a named container": eachLine((line) => `seid  | ${line}`),
  "compose with times": eachLine((line) => `seid-1  | ${TIME} ${line}`),
  honcho: eachLine((line) => `18:00:00 seid.1 | ${line}`),
  "pm2 with times": eachLine((line) => `2026-08-21T18:00:00: ${line}`),
  "pm2 JSON": eachLine((line) =>
    JSON.stringify({ message: `${line}\n`, timestamp: TIME, type: "out", process_id: 0, app_name: "seid" }),
  ),
  "docker logs with times": eachLine((line) => `2026-08-21T18:00:00.123456789Z ${line}`),
  TAI64N: eachLine((line) => `@4000000068a75f2a1e1a3b4c ${line}`),
  "journalctl short": eachLine((line) => `Aug 21 18:00:00 val-1 seid[123]: ${line}`),
  "journalctl short-full": eachLine((line) => `Fri 2026-08-21 18:00:00 UTC val-1 seid[123]: ${line}`),
  "journalctl short-monotonic": eachLine((line) => `[  345.678901] val-1 seid[123]: ${line}`),
  "s6-log T": eachLine((line) => `2026-08-21 18:00:00.123456789  ${line}`),
  "s6-log t T": eachLine((line) => `@4000000068a75f2a1e1a3b4c 2026-08-21 18:00:00.123456789  ${line}`),
  "pm2 with times to the minute": eachLine((line) => `2026-08-21 18:00 +00:00: ${line}`),
  "pm2 logs --timestamp": eachLine((line) => `2026-08-21-18:00:00 0|seid  | ${line}`),
  "syslog without a process": eachLine((line) => `Aug 21 18:00:00 val-1 seid: ${line}`),
  "RFC 5424": eachLine((line) => `<30>1 ${TIME} val-1 seid 123 - - ${line}`),
  "stern JSON": eachLine((line) =>
    JSON.stringify({
      message: line,
      nodeName: "n",
      namespace: "sei",
      podName: "sei-0",
      containerName: "seid",
    }),
  ),
  "vector JSON": eachLine((line) =>
    JSON.stringify({
      message: line,
      stream: "stderr",
      timestamp: TIME,
      source_type: "docker",
      host: "val-1",
    }),
  ),
  stern: eachLine((line) => `${coloured(36, "sei-0")} ${coloured(96, "seid")} ${line}`),
  "supervisor-stdout": eachLine((line) => `seid stderr | ${line}`),
  "docker service logs": eachLine((line) => `sei_seid.1.x2v0k5@val-1    | ${line}`),
  "journalctl export": eachLine((line) => `_PID=123\nMESSAGE=${line}\nPRIORITY=6\n`),
  "journalctl JSON": eachLine((line) => JSON.stringify({ __CURSOR: "s=1", MESSAGE: line, PRIORITY: "6" })),
};

type Write = (text: string, format: LogFormat) => string;

/** How a halt text comes into a log. The last ones are what a process ends with. */
export const SAYINGS: Readonly<Record<string, Write>> = {
  "a message": (text, format) => format("ERR", text, { module: "x/upgrade" }),
  "a wrapped message": (text, format) => format("ERR", `module manager preblocker: ${text}`, {}),
  "the error of consensus": (text, format) =>
    format("ERR", "CONSENSUS FAILURE!!!", {
      err: `failed to apply block; error ${text}`,
      module: "consensus",
    }),
  "the raw line": (text) => text,
  "a panic": (text) => `panic: ${text}\n\ngoroutine 1 [running]:\nmain.main()\n\t/x.go:1 +0x1`,
  "a panic that was recovered": (text) => `panic: ${text} [recovered]\n\tpanic: ${text}`,
  "a wrapped panic": (text) => `panic: failed to process committed block (30:AB): ${text}`,
  "an error at the end": (text) => `Error: error during handshake: error on replay: ${text}`,
  "a bare error at the end": (text) => `error during handshake: error on replay: ${text}`,
  "the error of a program that logs it": (text, format) =>
    format("ERR", "failure when running app", { err: `error during handshake: error on replay: ${text}` }),
};
