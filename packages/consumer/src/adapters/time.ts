/** A time as platforms write it: RFC 3339, or a `Date` where a client library has parsed it already. */
export type Time = string | Date | null | undefined;

/** Milliseconds since the epoch, or `undefined` for no time, an unreadable one, and the year 1 that Go writes for none. */
export function millis(time: Time): number | undefined {
  if (time === null || time === undefined) return undefined;
  const ms = typeof time === "string" ? Date.parse(time) : time.getTime();
  return Number.isNaN(ms) || ms < 0 ? undefined : ms;
}
