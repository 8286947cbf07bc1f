import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ShutdownReason } from "@upgrade-halt/contract";
import { createHaltHolder } from "@upgrade-halt/producer";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { Journal, type JournalEvent } from "./journal.ts";

const intent = createHaltHolder(() => 1_120).stamp(ShutdownReason.UpgradeRequired, {
  name: "v6.7",
  height: 9,
  info: "<é>",
});
const events: readonly JournalEvent[] = [
  { event: "applied", plan: "v6.6", height: 5 },
  { event: "cleared", plan: "v6.6.1", height: 7 },
  { event: "halted", height: 9, intent },
];

function open(path: string): Journal {
  const journal = Journal.open(path);
  onTestFinished(() => journal.close());
  return journal;
}

function filled(): string {
  const path = join(temporaryFolder(), "journal.jsonl");
  const journal = open(path);
  for (const event of events) journal.append(event);
  return path;
}

describe("a journal", () => {
  it("reads what it wrote", () => {
    expect(open(filled()).events).toEqual(events);
  });

  it("does not write the newest event twice", () => {
    const path = filled();
    const journal = open(path);
    journal.append({ event: "halted", height: 9, intent: { ...intent } });
    expect(open(path).events).toEqual(events);
  });

  it("opens after the process died at any byte of an append, and goes on from there", () => {
    const path = filled();
    const whole = readFileSync(path);
    const last = whole.lastIndexOf("\n", -2) + 1;
    for (let bytes = last; bytes < whole.length; bytes += 1) {
      writeFileSync(path, whole.subarray(0, bytes));
      const journal = Journal.open(path);
      expect(journal.events).toEqual(events.slice(0, -1));
      journal.append({ event: "halted", height: 9, intent });
      journal.close();
      expect(readFileSync(path)).toEqual(whole);
    }
  });

  it.each(["null", "[]", "x", '{"event":"applied"}', '{"event":"halted","height":1,"intent":{}}'])(
    "skips a line that says %s",
    (line) => {
      const path = filled();
      appendFileSync(path, `${line}\n`);
      expect(open(path).events).toEqual(events);
    },
  );
});
