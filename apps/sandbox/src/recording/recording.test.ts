import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ClusterEvent } from "../events/cluster-event.ts";
import { isClusterEvent } from "./history.ts";
import { readRecording, replay } from "./recording.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-recording-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function recorded(text: string) {
  const file = join(folder, "r.jsonl");
  await writeFile(file, text);
  return (await readRecording(file)).filter(isClusterEvent);
}

const LINES = [
  { at: "2026-01-01T00:00:00.000Z", kind: "chapter", title: "a" },
  { at: "2026-01-01T01:00:00.000Z", kind: "the-end", expectations: 1, broken: 0 },
];

describe("a recording", () => {
  it("is told again in its order, and an hour passes as fast as asked", async () => {
    const events = await recorded(LINES.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const told: ClusterEvent[] = [];
    const options = { speed: 3_600_000, signal: new AbortController().signal };
    expect(await replay(events, (event) => told.push(event), options)).toBe(true);
    expect(told).toEqual(LINES);
  });

  it.each([
    ["an empty file", "", /is empty/],
    ["what is no JSON", `${JSON.stringify(LINES[0])}\n{`, /line 2/],
    ["an unknown event", '{"at":"2026-01-01T00:00:00Z","kind":"song"}', /line 1: it is no event/],
    ["an event without a time", '{"kind":"chapter","title":"a"}', /line 1: it is no event/],
    ["an event at no time", '{"at":"soon","kind":"chapter","title":"a"}', /line 1: .*`at`: is no time/],
    ["an event that lacks something", '{"at":"2026-01-01T00:00:00Z","kind":"chapter"}', /line 1: .*`title`/],
    [
      "a view that is none",
      `${JSON.stringify(LINES[0])}\n{"at":"2026-01-01T00:00:00Z","kind":"view-node","node":"a","is":{}}`,
      /line 2: .*`is.node`/,
    ],
    [
      "views without an event",
      '{"at":"2026-01-01T00:00:00Z","kind":"view-log","node":"a","more":""}',
      /is empty/,
    ],
  ])("%s is refused by line", async (_, text, says) => {
    await expect(recorded(text)).rejects.toThrow(says);
  });
});
