import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import type { NewEvent } from "./cluster-event.ts";
import { EventLog } from "./event-log.ts";
import { jsonLinesReader } from "./json-lines.ts";
import { terminalReader } from "./terminal.ts";

const START = Date.parse("2026-01-01T00:00:00Z");

const EVENTS: readonly NewEvent[] = [
  { kind: "chapter", title: "The chain upgrades." },
  { kind: "controller-started", pid: 7 },
  {
    kind: "node-ended",
    node: "sei-0",
    exitCode: 70,
    image: "upgrade-halt.dev/mock-node:v6.6",
    lastLine: 'UPGRADE "v6.7" NEEDED at height: 30: ',
  },
  {
    kind: "halt-step",
    node: "sei-0",
    halt: "sei-0-0-a",
    reason: "upgrade_required",
    plan: "v6.7",
    phase: "Swapping",
    action: "SwapImage",
    message:
      "Setting StatefulSet sei/sei-0 to upgrade-halt.dev/mock-node:v6.7: It is listed for exactly this plan.",
    sinceHaltMs: 5,
  },
  { kind: "image-changed", node: "sei-0", from: "x/y:v6.6", to: "x/y:v6.7", sinceHaltMs: 12 },
  { kind: "node-halted", node: "sei-2", reason: "upgrade_required", plan: "v6.7", height: 30 },
  { kind: "chapter", title: "What came of it" },
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
  { kind: "the-end", expectations: 2, broken: 1 },
];

function told(columns?: number): readonly string[] {
  let text = "";
  const write = (part: string): void => {
    text += part;
  };
  const eventLog = new EventLog([terminalReader({ write, columns, startedAt: START })], () => START + 1_500);
  for (const event of EVENTS) eventLog.tell(event);
  return stripVTControlCharacters(text).split("\n");
}

it("tells the timeline, then the table, then what held", () => {
  expect(told()).toEqual([
    "   TIME  NODE   AFTER HALT  WHAT",
    "",
    "The chain upgrades.",
    "  1.50s                     controller  started as process 7",
    '  1.50s  sei-0              exit 70     UPGRADE "v6.7" NEEDED at height: 30:',
    "  1.50s  sei-0       +5 ms  Swapping    Setting StatefulSet sei/sei-0 to v6.7: It is listed for exactly this plan.",
    "  1.50s  sei-0      +12 ms  image       v6.6 -> v6.7",
    "  1.50s  sei-2              halted      its process stays alive; /status shows upgrade_required for v6.7 at height 30",
    "",
    "What came of it",
    "NODE   REASON            PLAN  VERDICT  ACTION     END        SWAP ms  END ms",
    "sei-0  upgrade_required  v6.7  halted   SwapImage  Recovered       12     600",
    "SWAP and END count from the halt: to the changed image, and to where it ended.",
    "",
    "held    it came back",
    "BROKEN  it flew (found: it did not)",
    "",
    "1 of 2 expectations did not hold.",
    "",
  ]);
});

it("wraps what is too long for the terminal below itself", () => {
  const lines = told(80);
  expect(lines).toContain("  1.50s  sei-0       +5 ms  Swapping    Setting StatefulSet sei/sei-0 to v6.7:");
  expect(lines).toContain("                                        It is listed for exactly this plan.");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});

it("tells the same as JSON lines", () => {
  const lines: string[] = [];
  const eventLog = new EventLog([jsonLinesReader((line) => lines.push(line))], () => START);
  for (const event of EVENTS) eventLog.tell(event);
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    EVENTS.map((event) => ({ at: "2026-01-01T00:00:00.000Z", ...event })),
  );
});
