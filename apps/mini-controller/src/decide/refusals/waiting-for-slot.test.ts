import { expect, test } from "vitest";
import type { NodeHaltStatus } from "../../api/node-halt.ts";
import { textOf } from "../../journal/words.ts";
import { haltWith, NEW, NOW, observe, policyWith } from "../../testing/observations.ts";
import { refusalOf } from "./refusals.ts";

/** What a halt says that waits beside these swaps, whose journal says `status`. */
function waiting(neighbours: { swapping: number; stuck?: readonly string[] }, status: NodeHaltStatus = {}) {
  return refusalOf(
    observe({
      halt: haltWith({}, status),
      policy: policyWith({ maxConcurrent: 2 }),
      neighbours: { failed: 0, ...neighbours },
    }),
    { step: "decide", action: "SwapImage", image: NEW },
  );
}

const STUCK = { swapping: 2, stuck: ["sei-1-halt", "sei-2-halt"] };
const message = textOf(waiting(STUCK)?.message ?? {}, 1024);

/** A journal that has said so for this many milliseconds. */
const saidFor = (ms: number, said: string, phase: "Recorded" | "Held" = "Recorded"): NodeHaltStatus => ({
  ...{ phase, reason: "WaitingForSlot", message: said },
  steps: [{ phase, at: new Date(NOW - ms).toISOString(), message: said }],
});

test("a halt waits in silence, however long, while one of the swaps before it goes on", () => {
  const silent = waiting({ swapping: 2, stuck: ["sei-1-halt"] });
  expect(silent?.kind).toBe("watch");
  const neighbours = { swapping: 3, stuck: ["sei-1-halt"] };
  expect(waiting(neighbours, saidFor(3_600_000, textOf(silent?.message ?? {}, 1024)))?.kind).toBe("watch");
});

test("a halt that waits for swaps that stand still names their NodeHalts, and what a person does", () => {
  expect(message).toContain("sei-1-halt, sei-2-halt");
  expect(message).toContain("upgrade-halt.dev/abort=true");
});

test.each([
  ["at first", {}, "wait"],
  ["right after it waited long for one that went on", saidFor(3_600_000, "2 other nodes"), "wait"],
  ["in its first minute", saidFor(59_999, message), "wait"],
  ["after a minute", saidFor(60_000, message), "page"],
  ["once it is told, whichever swap it is by now", saidFor(0, "another one", "Held"), "page"],
] as const)("a halt that waits for swaps that stand still does so %s", (_, status, kind) => {
  expect(waiting(STUCK, status)?.kind).toBe(kind);
});
