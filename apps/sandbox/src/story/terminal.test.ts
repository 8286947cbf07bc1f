import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import { jsonLinesReader } from "./json-lines.ts";
import { Story } from "./story.ts";
import type { Happening } from "./story-event.ts";
import { terminalReader } from "./terminal.ts";

const START = Date.parse("2026-01-01T00:00:00Z");

const HAPPENINGS: readonly Happening[] = [
  { kind: "controller-started", pid: 7 },
  {
    kind: "node-ended",
    node: "sei-0",
    exitCode: 70,
    image: "upgrade-halt.dev/mock-node:v6.6",
    lastLine: "NEEDED",
  },
  { kind: "image-changed", node: "sei-0", from: "x/y:v6.6", to: "x/y:v6.7", sinceHaltMs: 12 },
  {
    kind: "outcome",
    node: "sei-0",
    reason: "upgrade_required",
    plan: "v6.7",
    verdict: "halted",
    action: "SwapImage",
    end: "Recovered",
    haltToSwapMs: 12,
    haltToEndMs: 600,
  },
  { kind: "expectation", text: "it came back", held: true, found: "it did" },
  { kind: "expectation", text: "it flew", held: false, found: "it did not" },
];

it("tells the timeline, then the table, then what held", () => {
  let text = "";
  const story = new Story(
    [
      terminalReader((part) => {
        text += part;
      }, START),
    ],
    () => START + 1_500,
  );
  for (const happening of HAPPENINGS) story.tell(happening);
  expect(stripVTControlCharacters(text).split("\n")).toEqual([
    "  1.50s                      controller started (pid 7)",
    "  1.50s  sei-0               ended with exit code 70: NEEDED",
    "  1.50s  sei-0       +12 ms  image v6.6 -> v6.7",
    "",
    "NODE   REASON            PLAN  VERDICT  ACTION     END        HALT->SWAP  HALT->END",
    "sei-0  upgrade_required  v6.7  halted   SwapImage  Recovered  12 ms       600 ms",
    "held   it came back",
    "BROKEN it flew (found: it did not)",
    "",
  ]);
});

it("tells the same as JSON lines", () => {
  const lines: string[] = [];
  const story = new Story([jsonLinesReader((line) => lines.push(line))], () => START);
  for (const happening of HAPPENINGS) story.tell(happening);
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    HAPPENINGS.map((happening) => ({ at: "2026-01-01T00:00:00.000Z", ...happening })),
  );
});
