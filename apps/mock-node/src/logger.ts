import { printLine } from "@upgrade-halt/producer";
import { type Logger, pino } from "pino";

const STDERR = 2;
/** How long a log line may wait for its reader before it is dropped, in ms. */
const PATIENCE_MS = 10;

/** The node's log, on standard error as seid's. A reader that is gone, or that does not read, does not disturb the node. */
export function createLogger(format: "json" | "plain"): Logger {
  const options = { base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return pino(options, {
    write: (line) =>
      void printLine(STDERR, format === "json" ? line.trimEnd() : plainLine(line), PATIENCE_MS),
  });
}

const LEVELS: Readonly<Record<number, string>> = {
  10: "TRC",
  20: "DBG",
  30: "INF",
  40: "WRN",
  50: "ERR",
  60: "FTL",
};

function plainLine(line: string): string {
  const { level, time, msg, ...rest }: Record<string, unknown> = JSON.parse(line);
  const fields = Object.entries(rest).map(
    ([key, value]) => ` ${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return `${time} ${LEVELS[Number(level)] ?? level} ${msg}${fields.join("")}`;
}
