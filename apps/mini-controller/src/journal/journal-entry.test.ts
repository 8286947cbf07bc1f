import { expect, test } from "vitest";
import type { NodeHalt, PageRecord, Phase } from "../api/node-halt.ts";
import { haltWith, NOW } from "../testing/observations.ts";
import { journalMove, type StepDraft } from "./journal-entry.ts";

/** Says one thing, then another, and so on. */
const saying = (times: number, phase: Phase): StepDraft[] =>
  Array.from({ length: times }, (_, index) => ({
    phase,
    reason: "Reason",
    message: { found: `It is ${index}.` },
  }));

test("of the steps of a halt that has many, the newest are kept, and the first of each phase", () => {
  const drafts = [...saying(20, "Recorded"), ...saying(40, "Held"), ...saying(2, "Swapping")];
  const later = [...drafts, ...saying(1, "Recreating")];
  let halt: NodeHalt = haltWith({}, {});
  for (const draft of later) halt = { ...halt, status: journalMove(halt, draft, NOW).status };
  const told = halt.status?.steps?.map(({ phase, message }) => `${phase} ${message}`);
  const newest = later.slice(-29).map(({ phase, message }) => `${phase} ${message.found}`);
  expect(told).toEqual(["Detected It halted.", "Recorded It is 0.", "Held It is 0.", ...newest]);
});

test("a ninth page has the time in its key, and drops the one before it that the fewest are still to hear of", () => {
  const at = new Date(NOW).toISOString();
  const page = (key: string, state: PageRecord["state"], delivered: string[]): PageRecord => ({
    ...{ key, reason: "Other", summary: "", at, attempts: 1, state, delivered },
  });
  const kept = ["a", "b", "c", "d", "e", "f"].map((key) => page(key, "Resolving", []));
  const formerPages = [page("some", "Resolving", ["https://one.test"]), page("all", "Resolved", []), ...kept];
  const halt = haltWith({}, { page: page("last", "Sent", ["https://one.test"]), formerPages });
  const draft = { phase: "Held", reason: "Reason", message: { found: "It is." } } as const;
  const told = { ...draft, page: { reason: "Reason", summary: { found: "It is." } } };
  const { status } = journalMove(halt, told, NOW);
  expect(status.page?.key.endsWith(`/Reason/${NOW}`)).toBe(true);
  expect(status.formerPages?.map(({ key }) => key)).toEqual(["some", "a", "b", "c", "d", "e", "f", "last"]);
});
