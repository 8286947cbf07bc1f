import { type OutputLine, sourceWithin, type Transport, withoutColour } from "./output-line.ts";
import { millis } from "./times.ts";

interface Prefix {
  /** Its group `source` tells who wrote the line. */
  readonly pattern: RegExp;
  /** Its own words between the lines of a node. */
  readonly chatter?: RegExp;
  /** A node could begin a line so by chance: it takes a second line that has nothing to do with a halt. */
  readonly isWeak?: true;
  /** A node could begin its lines so, and hardly all of them alike. */
  readonly isOfOne?: true;
}

const NAME = String.raw`[\w.-]{1,100}`;
const ZONED = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)`;
const SYSLOG_TIME = String.raw`[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?`;
/** Of journalctl: `short-full` and `with-unit`; `short-unix`; `short-monotonic` and `short-delta`. */
const JOURNAL_TIME = String.raw`[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? \S+|\d{9,11}\.\d{6}|\[ *\d+\.\d{6}(?: < *\d*\.?\d* *>)?\]`;
const COMPOSE_CHATTER =
  /^(?:Attaching to | Container \S+ +[A-Z]|Gracefully [Ss]topping|Aborting on container exit|\S+ exited with code \d+(?: \(restarting\))?$|\S+ has been recreated$)/;
/** No host is named so: a logger writes its level there. */
const NO_LEVEL = "(?!(?:TRC|DBG|INF|WRN|ERR|FTL|PNC|TRACE|DEBUG|INFO|WARN|WARNING|ERROR|ERRO|FATAL|PANIC) )";
/** What kubectl says of the container that it chose, and pm2 of the files that it reads. */
const KUBECTL_CHATTER = /^Defaulted container "[^"]+" out of: /;
const PM2_CHATTER = /^(?:\[TAILING\] |\S+ last \d+ lines:)/;
const KUBECTL_OR_PM2_CHATTER = new RegExp(`${KUBECTL_CHATTER.source}|${PM2_CHATTER.source}`);

const KNOWN: readonly Prefix[] = [
  // docker compose, which numbers its containers: `seid-1  | `.
  { pattern: new RegExp(String.raw`^(?<source>${NAME}[-_.]\d+) {2,}\|(?: |$)`), chatter: COMPOSE_CHATTER },
  // docker service logs: `sei_seid.1.task@node    | `.
  { pattern: new RegExp(String.raw`^(?<source>${NAME}@${NAME}) *\|(?: |$)`), isWeak: true },
  // supervisor-stdout: `seid stdout | `.
  { pattern: new RegExp(String.raw`^(?<source>${NAME}) (?:stdout|stderr) \|(?: |$)`), isWeak: true },
  // honcho and foreman: `13:00:00 seid.1 | `.
  {
    pattern: new RegExp(String.raw`^\d\d:\d\d:\d\d (?:(?<supervisor>system)|(?<source>${NAME})) *\|(?: |$)`),
  },
  // pm2 logs: `0|seid  | `, and its own lines as `PM2        | `.
  {
    pattern: new RegExp(String.raw`^(?:(?<source>\d+\|${NAME})|(?<supervisor>PM2)) *\|(?: |$)`),
    chatter: PM2_CHATTER,
  },
  // docker compose with names that an operator chose: `seid  | `.
  { pattern: new RegExp(String.raw`^(?<source>${NAME}) *\|(?: |$)`), chatter: COMPOSE_CHATTER, isWeak: true },
  // kubectl logs --prefix: `[pod/sei-0/seid] `.
  { pattern: /^\[(?<source>pod\/[^\]\s]{1,300})\](?: |$)/, chatter: KUBECTL_CHATTER },
  // journalctl -o short and its variants, and syslog: `Aug 21 13:00:00 host seid[123]: `.
  {
    pattern: new RegExp(
      String.raw`^(?:${SYSLOG_TIME}|${JOURNAL_TIME}|(?<time>${ZONED})) (?:\S+ (?<supervisor>systemd\[\d+\]|kernel)|(?<source>\S+ [^\s:[\]]+)\[\d+\]):(?: |$)`,
    ),
    chatter: /^-- .+ --$/,
  },
  // syslog without a process, as of `logger -t seid`: `Aug 21 13:00:00 host seid: `. A console writes as much after a zoned time.
  {
    pattern: new RegExp(String.raw`^${SYSLOG_TIME} (?<source>${NO_LEVEL}${NAME} [^\s:[\]]+):(?: |$)`, "i"),
    isWeak: true,
    isOfOne: true,
  },
  // RFC 5424: `<30>1 2026-08-21T13:00:00Z host seid 123 - - `.
  {
    pattern: new RegExp(
      String.raw`^<\d{1,3}>1 (?<time>${ZONED}) (?<source>\S{1,255} \S{1,48}) \S{1,128} \S{1,32} (?:-|(?:\[[^\]]*\])+)(?: (?:\ufeff)?|$)`,
    ),
  },
  // s6-log's `T`, which puts two spaces behind its time. With `t` before it, that one is outside.
  { pattern: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9}(?: {2}|$)/ },
  // multilog and s6-log: TAI64N; svlogd: its own date.
  { pattern: /^@[0-9a-f]{24}(?: |$)/ },
  { pattern: /^\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d(?:\.\d+)?(?: |$)/ },
  // docker and kubectl logs --timestamps, pm2 --time, pm2 logs --timestamp. A time without a zone is of a clock that nobody names.
  {
    pattern: new RegExp(
      String.raw`^\[?(?:(?<time>${ZONED})|\d{4}-\d\d-\d\d[T -]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: [+-]\d\d:?\d\d)?)\]?:?(?: |$)`,
    ),
    chatter: KUBECTL_OR_PM2_CHATTER,
  },
  // pm2 with log_date_format "YYYY-MM-DD HH:mm Z", which its own guide has: `2026-08-21 13:00 +00:00: `.
  { pattern: /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?: [+-]\d\d:\d\d)?:(?: |$)/ },
  // stern, of one container: `sei-0 seid `.
  {
    pattern: /^(?<source>[a-z0-9][a-z0-9.]*-[a-z0-9.-]{1,250} [a-z0-9][a-z0-9-]{0,62})(?: |$)/,
    chatter: /^[+-] \S+ › \S+/,
    isWeak: true,
    isOfOne: true,
  },
];

/** Every platform that puts something before each line of a node. */
export const PREFIXES: readonly Transport[] = KNOWN.map((prefix) => (lines) => withoutPrefix(prefix, lines));

/** Every halt text has one of these words, and no logger escapes them. */
export const KEYWORDS = /NEEDED at height|BINARY UPDATED BEFORE|upgrade handler is missing/;

function withoutPrefix(
  { pattern, chatter, isWeak, isOfOne }: Prefix,
  lines: readonly OutputLine[],
): readonly OutputLine[] | undefined {
  const inner: OutputLine[] = [];
  for (const coloured of lines) {
    const line = withoutColour(coloured);
    const found = pattern.exec(line.text);
    if (found !== null) {
      const { supervisor, time, source } = found.groups ?? {};
      inner.push({
        text: line.text.slice(found[0].length),
        at: line.at ?? millis(time),
        isSupervisors: line.isSupervisors || supervisor !== undefined,
        source: sourceWithin(line.source, source),
      });
    } else if (line.text !== "" && chatter?.test(line.text) !== true) return undefined;
  }
  if (isOfOne && new Set(inner.map(({ source }) => source)).size > 1) return undefined;
  const isShown = isWeak ? inner.some(({ text }) => !KEYWORDS.test(text)) : inner.length > 0;
  return isShown ? inner : undefined;
}
