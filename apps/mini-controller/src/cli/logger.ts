import pino, { type Logger } from "pino";

export type LogFormat = "json" | "plain";

/** Logs to standard output: JSON lines for machines, or one readable line each. */
export function createLogger(format: LogFormat, level: string): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return format === "json"
    ? pino(options)
    : pino(options, { write: (line) => process.stdout.write(plainLine(line)) });
}

/** `12:00:00.000 info  message key=value ...` out of a JSON line. */
export function plainLine(line: string): string {
  const { time, level, msg = "", ...fields } = JSON.parse(line) as Record<string, unknown>;
  const pairs = Object.entries(fields).map(
    ([name, value]) => ` ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return `${String(time).slice(11, 23)} ${String(level).padEnd(5)} ${String(msg)}${pairs.join("")}\n`;
}
