import pino, { type Logger } from "pino";

export type LogFormat = "json" | "plain";

/**
 * Logs to standard output: JSON lines for machines, or one readable line each. Lines of the same moment are written at
 * once; what was logged is written before the process ends by itself.
 */
export function createLogger(format: LogFormat, level: string): Logger {
  const lines = new Lines();

  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, { write: (line) => lines.add(format === "json" ? line : plainLine(line)) });
}

/** A write of its own for each line of a thousand halts takes more time than making the lines does. */
const GATHER_MS = 10;

class Lines {
  #waiting = "";
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    process.on("exit", () => this.#write());
  }

  add(line: string): void {
    this.#waiting += line;
    this.#timer ??= setTimeout(() => this.#write(), GATHER_MS);
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting !== "") process.stdout.write(this.#waiting);
    this.#waiting = "";
  }
}

/** `12:00:00.000 info  message key=value ...` out of a JSON line. */
export function plainLine(line: string): string {
  const { time, level, msg = "", ...fields } = JSON.parse(line) as Record<string, unknown>;
  const pairs = Object.entries(fields).map(
    ([name, value]) => ` ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return `${String(time).slice(11, 23)} ${String(level).padEnd(5)} ${String(msg)}${pairs.join("")}\n`;
}
