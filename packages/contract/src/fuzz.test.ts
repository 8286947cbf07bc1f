import { expect, it } from "vitest";
import { fuzz } from "../fuzz/fuzz.ts";

it("breaks no law of reading in 10,000 rounds", () => {
  const report = fuzz(Date.now() % 2 ** 31, 10_000);
  expect(report.runs).toBe(10_000);
  expect(Object.keys(report.kinds).sort()).toEqual(["absent", "damaged", "intent", "unavailable"]);
});
