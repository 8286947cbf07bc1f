import { join } from "node:path";
import { HALT_STEPS } from "@upgrade-halt/producer";
import { describe, expect, it } from "vitest";
import { crashOnce } from "./testing/crash/crash-once.ts";

const program = join(import.meta.dirname, "main.ts");

describe("a node killed in its halt tells no lie and loses no halt", () => {
  it.each(HALT_STEPS)("after the step %s", async (after) => {
    expect(await crashOnce({ program, after, isStayAlive: true })).toEqual([]);
  });

  it("at some instant", async () => {
    expect(await crashOnce({ program, after: 150, isStayAlive: false })).toEqual([]);
  });
});
