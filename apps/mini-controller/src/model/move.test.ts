import { expect, test } from "vitest";
import type { NodeHaltStatus, PageRecord } from "../api/node-halt.ts";
import { haltWith } from "../testing/observations.ts";
import { type Move, restsOnServer } from "./move.ts";

const PAGE: PageRecord = {
  key: "upgrade-halt/sei/x/ImageMappingMissing",
  reason: "ImageMappingMissing",
  summary: "No image is listed.",
  at: "2026-08-21T18:00:00.000Z",
  delivered: [],
  attempts: 0,
  state: "Pending",
};
const journal = (status: NodeHaltStatus): Move => ({ kind: "journal", status });

test.each<[string, Move, boolean]>([
  ["an image is set", { kind: "effect", effect: { kind: "set-image", from: "a", to: "b" } }, true],
  [
    "a pod is deleted",
    { kind: "effect", effect: { kind: "delete-pod", uid: "u", resourceVersion: "1", isTakenAtOnce: false } },
    true,
  ],
  ["somebody is paged anew", journal({ phase: "Held", page: PAGE }), true],
  ["a halt is given up because its node runs", journal({ phase: "Withdrawn", reason: "RunsAgain" }), true],
  ["a swap is decided on", journal({ phase: "Swapping" }), false],
  ["nothing is done", { kind: "wait", ms: 1 }, false],
])("what the servers say now is asked for before %s: %s", (_, move, isAsked) => {
  expect(restsOnServer(move, haltWith())).toBe(isAsked);
});

test("a page that stands is no new one", () => {
  const halt = haltWith({}, { phase: "Held", page: PAGE });
  expect(restsOnServer(journal({ phase: "Held", page: PAGE }), halt)).toBe(false);
});
