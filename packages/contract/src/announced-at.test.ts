import { describe, expect, it } from "vitest";
import {
  ANNOUNCED_AT_PATTERN,
  announcedAtNow,
  compareAnnouncedAt,
  readAnnouncedAt,
  trimAnnouncedAt,
} from "./announced-at.ts";

describe("the form of announced_at", () => {
  it("has every day of the calendar and no other", () => {
    for (const year of [0, 1, 4, 100, 400, 1900, 1999, 2000, 2023, 2024, 2100, 2400, 9999]) {
      for (let month = 0; month <= 13; month++) {
        for (let day = 0; day <= 32; day++) {
          const date = new Date(0);
          date.setUTCFullYear(year, month - 1, day);
          const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && day > 0;
          const text = [
            String(year).padStart(4, "0"),
            ...[month, day].map((n) => String(n).padStart(2, "0")),
          ].join("-");
          expect(ANNOUNCED_AT_PATTERN.test(`${text}T00:00:00Z`), text).toBe(exists);
        }
      }
    }
  });

  it.each([
    "2026-08-21T24:00:00Z",
    "2026-08-21T23:60:00Z",
    "2026-12-31T23:59:60Z",
    "2026-08-21T17:59:41.Z",
    "2026-08-21T17:59:41.1234567890Z",
    "2026-08-21T17:59:41,5Z",
    "2026-08-21T17:59:41+00:00",
    "2026-08-21T19:59:41+02:00",
    "2026-08-21t17:59:41z",
    "2026-08-21 17:59:41Z",
    "2026-08-21T17:59:41",
    "10000-01-01T00:00:00Z",
    "-0001-01-01T00:00:00Z",
    "2026-08-21T17:59:41Z\n",
    "",
  ])("refuses %j", (text) => {
    expect(ANNOUNCED_AT_PATTERN.test(text)).toBe(false);
  });
});

describe("readAnnouncedAt", () => {
  it.each([
    ["2026-08-21T17:59:41.120Z", "2026-08-21T17:59:41.12Z"],
    ["2026-08-21T17:59:41+00:00", "2026-08-21T17:59:41Z"],
    ["2026-08-21T17:59:41-00:00", "2026-08-21T17:59:41Z"],
    ["2026-08-21T19:59:41.123456789+02:00", "2026-08-21T17:59:41.123456789Z"],
    ["2026-12-31T20:29:59.10-05:45", "2027-01-01T02:14:59.1Z"],
    ["2024-02-29T23:59:59+23:59", "2024-02-29T00:00:59Z"],
    ["0001-01-01T01:00:00+02:00", "0000-12-31T23:00:00Z"],
  ])("reads %s as %s", (text, utc) => {
    expect(readAnnouncedAt(text)).toBe(utc);
  });

  it.each([
    "2026-08-21T19:59:41+24:00",
    "2026-08-21T19:59:41+02:60",
    "2026-08-21T19:59:41+0200",
    "2026-08-21T19:59:41+02",
    "2026-02-29T19:59:41+02:00",
    "2026-08-21T24:00:00+02:00",
    "2026-08-21T19:59:41.1234567890+02:00",
    "2026-08-21T19:59:41,5+02:00",
    "0000-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "2026-08-21T19:59:41+02:00Z",
    " 2026-08-21T19:59:41+02:00",
    1_787_335_181,
    null,
  ])("reads no time in %j", (text) => {
    expect(readAnnouncedAt(text)).toBeUndefined();
  });
});

describe("trimAnnouncedAt", () => {
  it.each([
    ["2026-08-21T17:59:41.120000000Z", "2026-08-21T17:59:41.12Z"],
    ["2026-08-21T17:59:41.000Z", "2026-08-21T17:59:41Z"],
    ["2026-08-21T17:59:40Z", "2026-08-21T17:59:40Z"],
    ["2026-08-21T17:59:41.000000001Z", "2026-08-21T17:59:41.000000001Z"],
  ])("writes %s as %s", (text, trimmed) => {
    expect(trimAnnouncedAt(text)).toBe(trimmed);
  });
});

describe("announcedAtNow", () => {
  it("writes the clock's milliseconds, trimmed", () => {
    expect(announcedAtNow(() => Date.UTC(2026, 7, 21, 17, 59, 41, 120))).toBe("2026-08-21T17:59:41.12Z");
    expect(announcedAtNow(() => 0)).toBe("1970-01-01T00:00:00Z");
  });

  it("keeps what a finer clock tells: a fraction of milliseconds, or nanoseconds as a bigint", () => {
    expect(announcedAtNow(() => 1.25)).toBe("1970-01-01T00:00:00.00125Z");
    expect(announcedAtNow(() => 1_787_335_181_120_000_001n)).toBe("2026-08-21T17:59:41.120000001Z");
    expect(announcedAtNow(() => -1n)).toBe("1969-12-31T23:59:59.999999999Z");
    expect(announcedAtNow(() => -0.5)).toBe("1969-12-31T23:59:59.9995Z");
  });

  it.each([Number.NaN, Date.UTC(10_000, 0), Date.UTC(-1, 0), 1e99, 10n ** 30n])(
    "refuses a clock at %s",
    (now) => {
      expect(() => announcedAtNow(() => now)).toThrow(
        expect.objectContaining({
          name: "ContractError",
          code: "invalid_announced_at",
          field: "announced_at",
        }),
      );
    },
  );
});

describe("compareAnnouncedAt", () => {
  const ascending = [
    "0000-02-29T00:00:00Z",
    "2026-08-21T17:59:41Z",
    "2026-08-21T17:59:41.000000001Z",
    "2026-08-21T17:59:41.12Z",
    "2026-08-21T17:59:41.120000001Z",
    "2026-08-21T17:59:42Z",
    "9999-12-31T23:59:59.999999999Z",
  ];

  it("orders to the nanosecond", () => {
    for (const [i, a] of ascending.entries()) {
      for (const [j, b] of ascending.entries()) {
        expect(Math.sign(compareAnnouncedAt(a, b)), `${a} ${b}`).toBe(Math.sign(i - j));
      }
    }
  });

  it("sees one instant in two spellings", () => {
    expect(compareAnnouncedAt("2026-08-21T17:59:41.120Z", "2026-08-21T17:59:41.12Z")).toBe(0);
  });

  it("refuses what is no such time", () => {
    expect(() => compareAnnouncedAt("2026-08-21T17:59:41Z", "yesterday")).toThrow(
      expect.objectContaining({ code: "invalid_announced_at", value: "yesterday" }),
    );
  });
});
