import type { BoundedText, Query } from "@upgrade-halt/kube";
import { until } from "@upgrade-halt/testing";
import pino from "pino";
import { describe, expect, test } from "vitest";
import { ControllerError } from "../controller-error.ts";
import type { LogSource } from "../judge/log-source.ts";
import { LogReader } from "./log-reader.ts";

const LINE = 'UPGRADE "v6.7" NEEDED at height: 30: ';
const PANIC = `panic: ${LINE}\n\ngoroutine 1 [running]:\n`;
const CHATTER = "5:59PM INF Ensure peers module=pex\n";

type Answer = (query: Query) => string | Error;

/** A log as a kubelet serves it: its last lines, and the beginning of these up to a limit. */
function tailOf(log: string): Answer {
  return ({ tailLines, limitBytes }) => {
    const lines = log.split(/(?<=\n)/);
    return lines
      .slice(-Number(tailLines ?? lines.length))
      .join("")
      .slice(0, Number(limitBytes));
  };
}

interface Asked extends Query {
  readonly path: string;
}

function readerOf(answer: Answer) {
  const asked: Asked[] = [];
  const told = { read: [] as string[], access: [] as string[] };
  const clock = { ms: 0 };
  const api = {
    async text(path: string, query: Query, mostBytes: number): Promise<BoundedText> {
      asked.push({ path, ...query });
      await null;
      const text = answer(query);
      if (text instanceof Error) throw text;
      return { text: text.slice(0, mostBytes), isWhole: text.length <= mostBytes };
    },
  };
  const reader = new LogReader({
    api,
    steady: () => clock.ms,
    onRead: (key) => told.read.push(key),
    onAccess: (namespace) => told.access.push(namespace),
    log: pino({ level: "silent" }),
  });
  return { reader, asked, told, clock };
}

const ended = (changes: Partial<LogSource> = {}, id = "run-1"): LogSource => ({
  namespace: "sei",
  pod: "sei-0-0",
  container: "seid",
  run: { id, end: { exitCode: 2 }, isPrevious: false, startedAt: undefined },
  isInParts: false,
  stillSince: undefined,
  ...changes,
});
const standing: LogSource = {
  ...ended(),
  run: { id: "run-1", end: undefined, isPrevious: false, startedAt: undefined },
  stillSince: Date.parse("2026-08-21T18:00:00Z"),
};

describe("a reader of logs", () => {
  test("reads the end of a run's log once, however often it is wanted", async () => {
    const { reader, asked, told } = readerOf(tailOf(PANIC));
    for (let i = 0; i < 3; i += 1) expect(reader.want("sei/sei-0-0", ended())).toBeUndefined();
    await until("the log to be read", () => told.read.length === 1);
    expect(reader.want("sei/sei-0-0", ended())).toBeUndefined();
    expect(reader.get("sei/sei-0-0")).toMatchObject({
      run: "run-1",
      planLines: [{ plan: "v6.7", height: 30 }],
    });
    expect(asked).toEqual([
      {
        path: "/api/v1/namespaces/sei/pods/sei-0-0/log",
        container: "seid",
        limitBytes: 1_048_577,
        tailLines: 1_000,
      },
    ]);
    reader.want("sei/sei-0-0", ended({}, "run-2"));
    expect(reader.get("sei/sei-0-0")).toBeUndefined();
  });

  test("asks for the instance before where that is the one that ended", async () => {
    const { reader, asked } = readerOf(tailOf(PANIC));
    await reader.readAgain("k", ended({ run: { ...ended().run, isPrevious: true } }));
    expect(asked).toMatchObject([{ previous: true }]);
  });

  test.each([
    ["megabytes before it", tailOf(CHATTER.repeat(60_000) + PANIC), 1],
    ["lines so long that few of them fit", tailOf(`${"x".repeat(16_000)}\n`.repeat(900) + PANIC), 2],
    ["bytes that are no text before it", tailOf(`\0\ufffd\u0007${"\ufffd".repeat(5_000)}\n${PANIC}`), 1],
  ])("finds the line behind %s", async (_, answer, requests) => {
    const { reader, asked } = readerOf(answer);
    await reader.readAgain("k", ended());
    expect(reader.get("k")?.planLines).toMatchObject([{ plan: "v6.7" }]);
    expect(asked).toHaveLength(requests);
  });

  test("finds nothing in a log without line breaks, says so, and gives it up", async () => {
    const { reader, asked, told, clock } = readerOf(tailOf("x".repeat(3_000_000)));
    for (let i = 0; i < 20; i += 1) {
      clock.ms += reader.want("sei/sei-0-0", ended()) ?? 0;
      await new Promise(setImmediate);
    }
    expect(asked).toHaveLength(6 * 3);
    expect(reader.get("sei/sei-0-0")).toBeUndefined();
    expect(reader.accessIn("sei")).toMatchObject({
      kind: "failing",
      pod: "sei-0-0",
      why: expect.stringContaining("the last 10 lines have more than 1048576 bytes"),
    });
    expect(told.access).toEqual(["sei"]);
    reader.forget("sei/sei-0-1");
    expect(reader.accessIn("sei")?.kind).toBe("failing");
    reader.forget("sei/sei-0-0");
    expect([reader.accessIn("sei")?.kind, told.access]).toEqual(["readable", ["sei", "sei"]]);
  });

  test("goes on asking, every five minutes, for a log that nobody could read for a while", async () => {
    let isDown = true;
    const { reader, told, clock } = readerOf((query) =>
      isDown ? new ControllerError("server-error", "no kubelet answers") : tailOf(PANIC)(query),
    );
    const waits: number[] = [];
    const tryAgain = async () => {
      const ms = reader.want("sei/sei-0-0", ended());
      if (ms !== undefined) waits.push(ms);
      clock.ms += ms ?? 0;
      await new Promise(setImmediate);
    };
    for (let i = 0; i < 20; i += 1) await tryAgain();
    expect([reader.accessIn("sei")?.kind, waits.at(-1)]).toEqual(["failing", 300_000]);
    isDown = false;
    for (let i = 0; i < 2; i += 1) await tryAgain();
    expect(reader.get("sei/sei-0-0")?.planLines).toMatchObject([{ plan: "v6.7" }]);
    expect([reader.accessIn("sei")?.kind, told.access]).toEqual(["readable", ["sei", "sei"]]);
  });

  test("what is left of a line that was cut passes for none", async () => {
    const { reader } = readerOf(() => `${LINE}\n${CHATTER.repeat(999)}`);
    await reader.readAgain("k", ended());
    expect(reader.get("k")?.planLines).toEqual([]);
  });

  test("takes a refusal for the whole namespace, and asks again after five minutes", async () => {
    let isAllowed = false;
    const forbidden = new ControllerError("forbidden", "no");
    const { reader, asked, told, clock } = readerOf((query) =>
      isAllowed ? tailOf(PANIC)(query) : forbidden,
    );
    reader.want("a", ended());
    await until("the refusal", () => told.read.length === 1);
    expect(reader.want("a", ended())).toBe(300_000);
    expect(reader.want("b", ended())).toBe(300_000);
    expect([asked.length, told.access, reader.accessIn("sei")?.kind]).toEqual([1, ["sei"], "refused"]);
    isAllowed = true;
    clock.ms = 300_000;
    reader.want("b", ended());
    await until("the log", () => told.read.length === 2);
    expect([told.access, reader.accessIn("sei")?.kind]).toEqual([["sei", "sei"], "readable"]);
  });

  test("reads three logs of a namespace at a time", async () => {
    const open: (() => void)[] = [];
    let most = 0;
    const api = {
      text: () =>
        new Promise<BoundedText>((resolve) => {
          open.push(() => resolve({ text: "", isWhole: true }));
          most = Math.max(most, open.length);
        }),
    };
    const log = pino({ level: "silent" });
    const read: string[] = [];
    const reader = new LogReader({
      api,
      log,
      steady: () => 0,
      onRead: (key) => read.push(key),
      onAccess: () => {},
    });
    for (let i = 0; i < 20; i += 1) reader.want(String(i), ended());
    await until("all to be read", () => {
      open.shift()?.();
      return read.length === 20;
    });
    expect(most).toBe(3);
  });

  test("that a machine kept waiting asks it no more for its other pods, until it rested", async () => {
    const { reader, asked, told, clock } = readerOf(() => new ControllerError("timeout", "no answer"));
    const on = (machine: string, pod: string) => ended({ machine, pod }, pod);
    reader.want("sei/a-0", on("a", "a-0"));
    await until("the time-out", () => told.read.length === 1);
    const rest = reader.want("sei/a-1", on("a", "a-1"));
    expect(rest).toBeGreaterThanOrEqual(2_500);
    await reader.readAgain("sei/a-2", on("a", "a-2"));
    expect(asked).toHaveLength(1);
    reader.want("sei/b-0", on("b", "b-0"));
    await until("the other machine to be asked", () => asked.length === 2);
    clock.ms = rest ?? 0;
    reader.want("sei/a-1", on("a", "a-1"));
    await until("the machine to be asked again", () => asked.length === 3);
  });

  test("forgets what it found where a later reading fails", async () => {
    let answer: Answer = tailOf(PANIC);
    const { reader, clock } = readerOf((query) => answer(query));
    await reader.readAgain("k", ended());
    answer = () => new ControllerError("timeout", "no answer");
    await reader.readAgain("k", ended());
    expect(reader.get("k")).toBeUndefined();
    expect(reader.want("k", ended())).toBe(5_000);
    clock.ms = 5_000;
    answer = tailOf(PANIC);
    reader.want("k", ended());
    await until("the log", () => reader.get("k") !== undefined);
  });

  test("of a node that stands still reads from a minute before that, and again while it finds nothing", async () => {
    const answers = [CHATTER, CHATTER, PANIC];
    const { reader, asked, told, clock } = readerOf(({ sinceTime }) =>
      sinceTime === undefined ? CHATTER : `cut\n${answers.shift() ?? ""}`,
    );
    reader.want("k", standing);
    await until("the log", () => told.read.length === 1);
    expect(asked[0]).toMatchObject({ sinceTime: "2026-08-21T17:59:00Z" });
    expect(asked[1]).toMatchObject({ tailLines: 1_000 });
    expect(reader.want("k", standing)).toBe(30_000);
    clock.ms = 30_000;
    reader.want("k", standing);
    await until("the log", () => told.read.length === 2);
    expect(reader.want("k", standing)).toBe(60_000);
    clock.ms = 90_000;
    reader.want("k", standing);
    await until("the line", () => reader.get("k")?.planLines.length === 1);
    expect(reader.want("k", standing)).toBeUndefined();
  });

  /** A log as a kubelet serves it from a time on, which it takes in whole seconds. */
  const stamped = (lines: readonly string[], perSecond: number): Answer => {
    const all = lines.map((line, index) => {
      const at = new Date(Date.parse("2026-08-21T17:59:30Z") + Math.floor(index / perSecond) * 1_000);
      const nanos = String((index % perSecond) * 1_000).padStart(9, "0");
      return { at: at.getTime(), stamp: `${at.toISOString().slice(0, 19)}.${nanos}Z`, line };
    });
    return ({ sinceTime, tailLines, timestamps, limitBytes }) =>
      all
        .filter(({ at }) => sinceTime === undefined || at >= Date.parse(String(sinceTime)))
        .slice(-Number(tailLines ?? all.length))
        .map(({ stamp, line }) => (timestamps ? `${stamp} ${line}\n` : `${line}\n`))
        .join("")
        .slice(0, Number(limitBytes));
  };
  const noise = (count: number) =>
    Array.from({ length: count }, (_, n) => `5:59PM INF bad tx n=${n} ${"x".repeat(200)}`);
  const FAILED = `5:59PM ERR CONSENSUS FAILURE!!! err=${JSON.stringify(LINE)} module=consensus`;

  test("reads on, page by page, where a node that stands still wrote more than fits", async () => {
    const { reader, asked } = readerOf(stamped([...noise(50), FAILED, ...noise(20_000)], 1_000));
    await reader.readAgain("k", standing);
    expect(reader.get("k")?.planLines).toMatchObject([{ plan: "v6.7", height: 30 }]);
    expect(asked.length).toBeLessThan(10);
    expect(reader.accessIn("sei")?.kind).toBe("readable");
  });

  test("a start that comes pages after the line takes it back", async () => {
    const start = "6:00PM INF starting node with ABCI CometBFT in-process module=server";
    const { reader } = readerOf(stamped([FAILED, ...noise(12_000), start, ...noise(2_000)], 1_000));
    await reader.readAgain("k", standing);
    expect(reader.get("k")?.planLines).toEqual([]);
  });

  test.each([
    ["more than is read of any", stamped([FAILED, ...noise(60_000)], 1_000)],
    ["more than a page in a second", stamped([FAILED, ...noise(20_000)], 20_001)],
  ])("says that a halt line may be lost where a node wrote %s", async (_, answer) => {
    const { reader, told } = readerOf(answer);
    await reader.readAgain("k", standing);
    expect(reader.get("k")?.planLines).toEqual([]);
    expect(reader.accessIn("sei")).toMatchObject({
      kind: "failing",
      pod: "sei-0-0",
      why: expect.stringContaining("a halt line in it may be lost"),
    });
    expect(told.access).toEqual(["sei"]);
  });

  test("takes no line from before what is missing: the node may have been started again there", async () => {
    const long = `cut\n${LINE}\n${CHATTER.repeat(40_000)}`;
    const { reader } = readerOf(({ sinceTime }) => (sinceTime === undefined ? CHATTER : long));
    await reader.readAgain("k", standing);
    expect(reader.get("k")?.planLines).toEqual([]);
  });
});
