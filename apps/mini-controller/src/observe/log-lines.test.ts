import type { BoundedText, Query } from "@upgrade-halt/kube";
import { describe, expect, test } from "vitest";
import type { LogSource } from "../judge/log-source.ts";
import { readLines } from "./log-lines.ts";

const LINE = 'UPGRADE "v6.7" NEEDED at height: 30: ';
const FAILED = `5:59PM ERR CONSENSUS FAILURE!!! err=${JSON.stringify(LINE)} module=consensus`;
const FOUND = { planLines: [expect.objectContaining({ plan: "v6.7", height: 30 })] };
const STARTED = "2026-08-21T12:00:00Z";
const at = (time: string) => Date.parse(`2026-08-21T${time}Z`);
const pad = (n: number) => String(n).padStart(9, "0");

/** Lines that were written one a second from a time on. */
const lines = (from: string, count: number, text: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => ({ at: at(from) + n * 1_000, text: text(n) }));
const noise = (from: string, count: number, length = 40) =>
  lines(from, count, (n) => `INF bad tx n=${n} ${"x".repeat(length)}`);

/** A log as a kubelet serves it: from a time on, or its last lines, with their times where it is asked for them. */
function logOf(all: readonly { readonly at: number; readonly text: string }[]) {
  const asked: Query[] = [];
  const text = async (_: string, query: Query, mostBytes: number): Promise<BoundedText> => {
    asked.push(query);
    const { sinceTime, tailLines, timestamps } = query;
    const since = sinceTime === undefined ? Number.NEGATIVE_INFINITY : Date.parse(String(sinceTime));
    const whole = all
      .filter((line) => line.at >= since)
      .slice(-Number(tailLines ?? all.length))
      .map(
        (line) =>
          (timestamps ? `${new Date(line.at).toISOString().slice(0, 19)}.${pad(0)}Z ` : "") + line.text,
      )
      .join("\n");
    return { text: `${whole}\n`.slice(0, mostBytes), isWhole: whole.length < mostBytes };
  };
  return { asked, api: { text } };
}

const source = (changes: Partial<LogSource> = {}): LogSource => ({
  namespace: "sei",
  pod: "sei-0-0",
  container: "seid",
  run: { id: "run-1", end: undefined, isPrevious: false, startedAt: STARTED },
  isInParts: false,
  stillSince: at("18:00:00"),
  isAtPlan: true,
  ...changes,
});

describe("of a node that stands at the height of a listed plan", () => {
  const chatty = [...noise("12:30:00", 9), { at: at("13:00:00"), text: FAILED }, ...noise("13:00:01", 6_000)];

  test("a halt line from long before this controller saw it stand is found, thousands of lines back", async () => {
    const { api, asked } = logOf([...noise(STARTED.slice(11, 19), 3_600), ...chatty]);
    expect(await readLines(api, source())).toEqual(FOUND);
    expect(asked.length).toBeLessThan(8);
  });

  test("it is looked for from when the node was last seen below", async () => {
    const { api, asked } = logOf([...noise("12:00:00", 3_600), ...chatty]);
    expect(await readLines(api, source({ belowAt: at("12:59:50") }))).toEqual(FOUND);
    expect(asked.map(({ sinceTime }) => sinceTime)).toContain("2026-08-21T12:58:50Z");
  });

  test("nothing is lost of a log that was read to when it was below, or to its start, and has none", async () => {
    const log = logOf(noise("12:00:30", 4_000));
    expect(await readLines(log.api, source())).toEqual({ planLines: [] });
    expect(await readLines(log.api, source({ belowAt: at("17:59:59") }))).toEqual({ planLines: [] });
  });

  test.each([
    [
      "that is longer than is read",
      [{ at: at("13:00:00"), text: FAILED }, ...noise("13:00:01", 1_700, 9_000)],
      {},
    ],
    ["that begins later than its run", noise("17:00:00", 3_600), {}],
    ["whose last lines are all that is left", noise("18:00:10", 20), {}],
    ["that begins after it was seen below", noise("18:00:10", 20), { belowAt: at("17:59:59") }],
  ])("a log %s says that a halt line may be lost", async (_, log, changes) => {
    expect(await readLines(logOf(log).api, source(changes))).toEqual({
      planLines: [],
      lost: expect.stringContaining("a halt line in it may be lost"),
    });
  });

  test("a halt line far back is found in the log of a run that ended there long after it", async () => {
    const run = { id: "run-1", end: { exitCode: 0 }, isPrevious: false, startedAt: STARTED };
    expect(await readLines(logOf(chatty).api, source({ run, stillSince: undefined }))).toEqual(FOUND);
  });
});

test("of a node elsewhere no more than its last lines are read", async () => {
  const { api, asked } = logOf([{ at: at("13:00:00"), text: FAILED }, ...noise("13:00:01", 6_000)]);
  const elsewhere = source({ stillSince: undefined, isAtPlan: false });
  expect(await readLines(api, elsewhere)).toEqual({ planLines: [] });
  expect(asked).toHaveLength(1);
});

test("a log of lines in parts proves nothing, and no start in it takes a halt line back", async () => {
  const { api } = logOf([
    { at: at("18:00:00"), text: LINE },
    { at: at("18:00:02"), text: "5:59PM INF starting node with ABCI CometBFT in-process module=server" },
  ]);
  const told = { planLines: [expect.objectContaining({ plan: "v6.7", height: 30, unsure: true })] };
  const unlisted = { isAtPlan: false };
  expect(await readLines(api, source(unlisted))).toEqual({ planLines: [] });
  expect(await readLines(api, source({ ...unlisted, isInParts: true }))).toEqual(told);
});
