import { type HaltText, parseHaltText } from "./halt-text.ts";
import { leadingObject } from "./json-object.ts";
import { endsWithField, errorAfter, isFields, type LogEntry, type LogRecord } from "./record.ts";
import { isStart } from "./runs.ts";

/**
 * What errors are wrapped in on their way out of x/upgrade, through consensus, to the end of the program: all that real nodes
 * say, and no other words. Of CometBFT 0.34 to 0.40 (`node/setup.go`, `consensus/{replay,state}.go`, `blocksync/reactor.go`,
 * `cmd/run_node.go`), sei-cosmos (`server/start.go`) and applications of SDK 0.50 that name their module manager.
 */
const WRAPPERS = [
  "module manager preblocker: ",
  "failed to finalize block: ",
  "failed to apply block; error ",
  String.raw`[Ff]ailed to process committed block \(\d{1,19}:[0-9A-F]{0,64}\): `,
  "error during handshake: ",
  "error on replay: ",
  "failed to (?:create|start) node: ",
  "error (?:creating|starting) node: ",
];
const WRAPPED = new RegExp(`^(?:${WRAPPERS.join("|")})+`);

/** What consensus says when the application fails it: its error is the application's own. */
const CONSENSUS_FAILED =
  /^(?:CONSENSUS FAILURE!!!|[Ee]rror in proxyAppConn\.[A-Za-z]+|[Ff]ailed to apply block)(?:$|\s+(?=[\w.@/-]+=))/;

/** The halt text that a record is about: its message is one, or the error that it says consensus failed with. */
export function textOfRecord(record: LogRecord): HaltText | undefined {
  const { isError, message, exact } = record;
  if (!isError) return undefined;
  const [failed] = CONSENSUS_FAILED.exec(message) ?? [];
  if (failed === undefined) return parseWrapped(message);
  if (exact && failed !== message) return undefined;
  const error = exact ? record.error : errorAfter(message, failed.length);
  return error === undefined ? undefined : parseWrapped(error);
}

/** What a line says that no logger wrote. */
export interface Saying {
  readonly text: HaltText | undefined;
  /** `first`: a panic, or the error that a program ends with. `again`: a panic thrown again, under the one before. */
  readonly ending?: "panic" | "error" | "again";
  /** It is of a panic that was recovered: the one that was thrown again comes next. */
  readonly isRecovered: boolean;
}

/** A Go panic, cobra's word for an error, and Tendermint's. */
const ENDING = /^(\t?panic|Error|ERROR): /;
/** What cosmovisor and other wrappers say of the program that ended. */
const OF_ANOTHER = /^Error: exit status \d+\s*$/;
const RECOVERED = /\s*\[recovered[^\]]*\]\s*$/;

export function sayingOf(line: string): Saying {
  const [begin, word] = ENDING.exec(line) ?? [];
  const isRecovered = RECOVERED.test(line);
  if (begin === undefined || OF_ANOTHER.test(line)) return { text: parseWrapped(line), isRecovered };
  const text = parseWrapped(line.slice(begin.length).replace(RECOVERED, ""));
  const ending = word === "panic" ? "panic" : word === "\tpanic" ? "again" : "error";
  return { text, ending, isRecovered };
}

function parseWrapped(text: string): HaltText | undefined {
  return parseHaltText(text.replace(WRAPPED, ""));
}

const SCHEDULED = /^UPGRADE "[^\r\n]*" SCHEDULED at height: \d{1,19}: /;
const SKIPPED = /^UPGRADE "[^\r\n]*" SKIPPED at /;

/**
 * Whether a line brings a plan's info with it that may go on in the lines after it, whatever they look like. The info of a
 * scheduled upgrade is JSON, without which no upgrade is a minor one: it ends where its object ends.
 */
export function bringsInfo(entry: LogEntry): boolean {
  if (entry.kind === "record" && entry.exact) return false;
  const text = (entry.kind === "record" ? entry.message : entry.text).replace(WRAPPED, "");
  if (SKIPPED.test(text)) return true;
  const [begin] = SCHEDULED.exec(text) ?? [];
  if (begin === undefined) return /^UPGRADE "[^\r\n]*" SCHEDULED at /.test(text);
  const info = text.slice(begin.length);
  const object = leadingObject(info);
  return object === undefined || !isFields(info.slice(object.length));
}

/** Whether the message of a record may go on in the next line: no field ends it, and it is none that is known as a whole. */
export function isOpenEnded(record: LogRecord): boolean {
  return !record.exact && !endsWithField(record) && !isStart(record) && textOfRecord(record) === undefined;
}
