import type { LogEntry, LogRecord } from "./logger-formats.ts";
import type { OutputLine } from "./output-line.ts";

/**
 * What a node says when it starts, and when it applies an upgrade and so has left its halt behind: of cosmos-sdk, CometBFT
 * and cosmovisor. Each is a whole message: only fields follow it.
 */
const STARTS = [
  "starting node with ABCI (?:Tendermint|CometBFT) in-process",
  "starting node with ABCI (?:Tendermint|CometBFT)",
  "starting ABCI with(?:out)? (?:Tendermint|CometBFT)",
  "[Ss]tarting ABCI server",
  "ABCI Handshake App Info",
  "Version info",
  String.raw`applying upgrade "[^"\r\n]{1,256}" at height: \d{1,19}`,
  "running app",
];
const START = new RegExp(String.raw`^(?:${STARTS.join("|")})(\s*$|\s+[\w.@/-]+=)`);

/** What supervisors say of a start: systemd and pm2. */
const SUPERVISORS_START = /^(?:Started [^ ]+ ?(?:-|\.service)|App \[[^\]]+\] starting)/;
/** The same in a log that is nothing but their and the node's lines. */
const SUPERVISORS_LINE =
  /^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? \S+ systemd\[\d+\]: Started [^ ]+ ?(?:-|\.service)|PM2 *\| App \[[^\]]+\] starting)/;

/** Whether a node's run begins with this line: what came before is of another. */
export function beginsRun({ text, isSupervisors }: OutputLine, entry: LogEntry): boolean {
  if (isSupervisors) return SUPERVISORS_START.test(text);
  return entry.kind === "record" ? isStart(entry) : SUPERVISORS_LINE.test(text);
}

/** Whether a node, or cosmovisor, says with this record that it starts. */
export function isStart({ message, exact }: LogRecord): boolean {
  const [, end] = START.exec(message) ?? [];
  return exact ? end === "" : end !== undefined;
}
