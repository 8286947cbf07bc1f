import { InvalidArgumentError } from "commander";

/** A deadline or an interval on the command line, in ms. */
export function parseMillis(text: string): number {
  const ms = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (ms > 0) return ms;
  throw new InvalidArgumentError("Give a whole number of milliseconds above 0.");
}
