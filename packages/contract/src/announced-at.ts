import { ContractError } from "./contract-error.ts";

/**
 * The form of `announced_at`: an RFC 3339 time in UTC, four-digit year, up to nine fraction digits, a day that the
 * month has. Leap seconds and lower-case `t` and `z`, which RFC 3339 allows and Go refuses, do not match.
 */
export const ANNOUNCED_AT_PATTERN =
  /^(?:\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;

/** True for a text that {@link ANNOUNCED_AT_PATTERN} describes. */
export function isAnnouncedAt(text: unknown): text is string {
  return typeof text === "string" && ANNOUNCED_AT_PATTERN.test(text);
}

const WITH_OFFSET = /^(.{19})(\.\d{1,9})?([+-])([01]\d|2[0-3]):([0-5]\d)$/;

/**
 * A time that another writer announced, in the one form that is written: in UTC with its fraction digits kept and their
 * trailing zeros trimmed. Takes what {@link ANNOUNCED_AT_PATTERN} takes, and an offset of RFC 3339 in the place of the
 * `Z`. `undefined` for everything else, also where the time in UTC is not of the years 0 to 9999.
 */
export function readAnnouncedAt(text: unknown): string | undefined {
  if (isAnnouncedAt(text)) return trimAnnouncedAt(text);
  const [, local, fraction = "", sign, hours, minutes] =
    (typeof text === "string" && WITH_OFFSET.exec(text)) || [];
  if (local === undefined || !isAnnouncedAt(`${local}Z`)) return undefined;
  const offset = Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  const seconds = new Date(Date.parse(`${local}Z`) - offset).toISOString().slice(0, -".000Z".length);
  const utc = `${seconds}${fraction}Z`;
  return isAnnouncedAt(utc) ? trimAnnouncedAt(utc) : undefined;
}

/** The same instant as Go prints it (`time.RFC3339Nano`): without the trailing zeros of the fraction. */
export function trimAnnouncedAt(text: string): string {
  return text.endsWith("0Z") && text.includes(".") ? text.replace(/\.?0*Z$/, "Z") : text;
}

/**
 * Now, as the wire writes it.
 *
 * @param clock tells the time since 1970-01-01T00:00:00Z: a number is milliseconds (`Date.now`), its fraction is kept;
 *   a bigint is nanoseconds.
 * @throws {ContractError} `invalid_announced_at` when the clock tells no time of the years 0 to 9999.
 */
export function announcedAtNow(clock: () => number | bigint): string {
  const told = clock();
  const nanoseconds = typeof told === "bigint" ? told : nanosecondsOf(told);
  const fraction = ((nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const date = new Date(Number((nanoseconds - fraction) / 1_000_000n));
  const seconds = Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, -".000Z".length);
  const text = trimAnnouncedAt(`${seconds}.${String(fraction).padStart(9, "0")}Z`);
  if (!isAnnouncedAt(text)) throw notATime(told);
  return text;
}

function nanosecondsOf(milliseconds: number): bigint {
  if (!Number.isFinite(milliseconds)) throw notATime(milliseconds);
  const whole = Math.floor(milliseconds);
  return BigInt(whole) * 1_000_000n + BigInt(Math.floor((milliseconds - whole) * 1e6));
}

/**
 * Negative when `a` is earlier than `b`, positive when later, 0 when they are the same instant, to the nanosecond.
 *
 * @throws {ContractError} `invalid_announced_at` for a text that is no `announced_at`.
 */
export function compareAnnouncedAt(a: string, b: string): number {
  const left = sortable(a);
  const right = sortable(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

function sortable(text: string): string {
  if (!isAnnouncedAt(text)) throw notATime(text);
  const seconds = text.slice(0, "2006-01-02T15:04:05".length);
  return seconds + text.slice(seconds.length + 1, -1).padEnd(9, "0");
}

/** The error for what is no `announced_at`. */
export function notATime(value: unknown): ContractError {
  const problem =
    "is no RFC 3339 time of the years 0000-9999 with at most nine fraction digits and a Z: convert it to UTC first";
  return new ContractError("invalid_announced_at", "announced_at", value, problem);
}
