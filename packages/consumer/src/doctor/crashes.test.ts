import { expect, test } from "vitest";
import { CRASHES, codeOf, listed } from "./crashes.ts";

test("a crash by a signal has the exit code that a shell gives it", () => {
  expect(CRASHES.map(codeOf)).toEqual([1, 2, 134, 137, 139]);
});

test("names are told as one says them", () => {
  expect([listed([]), listed([70]), listed([70, 71, "SIGKILL"])]).toEqual(["", "70", "70, 71 and SIGKILL"]);
});
