import { expect, test } from "vitest";
import { ControllerError, type ControllerErrorCode } from "../controller-error.ts";
import { isSettledRefusal, LASTING_MS, orUnreadable, STARTING_MS } from "./unreadable.ts";

test.each<[ControllerErrorCode, number, boolean]>([
  ["forbidden", 0, true],
  ["server-error", LASTING_MS - 1, false],
  ["server-error", LASTING_MS, true],
  ["unreachable", LASTING_MS, false],
  ["conflict", LASTING_MS, false],
])(
  "an answer of %s that lasts %i ms makes the workload unreadable: %s",
  async (code, lastsMs, isUnreadable) => {
    const error = new ControllerError(code, "no");
    const reading = orUnreadable(Promise.reject(error), "StatefulSet sei-0", lastsMs);
    if (isUnreadable)
      expect(await reading).toEqual({ kind: "unreadable", what: "StatefulSet sei-0", why: "no" });
    else await expect(reading).rejects.toBe(error);
  },
);

test.each<[ControllerErrorCode, number, boolean]>([
  ["forbidden", STARTING_MS - 1, false],
  ["forbidden", STARTING_MS, true],
  ["server-error", STARTING_MS, false],
  ["server-error", LASTING_MS, true],
])("an answer of %s that lasts %i ms is written down for good: %s", (code, lastsMs, isSettled) => {
  expect(isSettledRefusal(new ControllerError(code, "no"), lastsMs)).toBe(isSettled);
});
