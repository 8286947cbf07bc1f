/** A time as platforms write it before a line, in ms since the epoch. */
export function millis(time: unknown): number | undefined {
  const at = typeof time === "string" ? Date.parse(time.replace(",", ".").replace(" ", "T")) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** A time as journald writes it, in microseconds. */
export function micros(time: unknown): number | undefined {
  return typeof time === "string" && /^\d{1,18}$/.test(time) ? Number(time) / 1_000 : undefined;
}
