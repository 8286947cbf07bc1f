import { expect, test } from "vitest";
import { CRASH_AT, crashPoint } from "./crash-point.ts";
import { UsageError } from "./usage-error.ts";

test.each(["nowhere", "before:nothing", "any#0", "before:set-image#x"])(
  "%s is no place to crash at",
  (wish) => {
    expect(() => crashPoint({ [CRASH_AT]: wish })).toThrow(UsageError);
  },
);

test("without a wish nothing happens at any boundary", () => {
  expect(() => crashPoint({})("before:set-image")).not.toThrow();
});
