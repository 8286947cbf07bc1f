import { writeSync } from "node:fs";
import { type Logger, pino } from "pino";

/** The node's log, on standard error as seid's. A reader that is gone does not disturb the node. */
export function createLogger(format: "json" | "plain"): Logger {
  const options = { base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return pino(options, { write: (line) => writeQuietly(format === "json" ? line : plainLine(line)) });
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
  return `${time} ${LEVELS[Number(level)] ?? level} ${msg}${fields.join("")}\n`;
}

function writeQuietly(line: string): void {
  try {
    writeSync(2, line);
  } catch {
    // Nobody reads the log (EPIPE), or not fast enough (EAGAIN): the node goes on.
  }
}
