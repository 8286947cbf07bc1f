import { expect, test } from "vitest";
import { findOwnLines } from "./find-plan-lines.ts";

const MARK = "the other stream";
const LATER = "later";
const TEXT = "wrong app version 0, upgrade handler is missing for v9 upgrade plan";
const ERROR = `Error: error during handshake: ${TEXT}`;
const BARE = ERROR.slice("Error: ".length);
const LATE = [
  "1:00PM INF committed state height=29",
  `1:00PM ERR ${TEXT} module=x/upgrade`,
  "1:00PM INF stopped",
];
/** Of standard output first, then of standard error, and so on. */
const read = (...pieces: (readonly string[])[]) =>
  findOwnLines(pieces.map((lines) => lines.join("\n")).join(`\n${MARK}\n`), {
    streamMark: MARK,
    laterMark: LATER,
  });

test.each([
  ERROR,
  BARE,
  `panic: ${TEXT}\n\ngoroutine 1 [running]:`,
  `8:58AM ERR failure when running app err="${BARE}"`,
])("what is read late of the other stream takes back no end: %s", (end) => {
  for (const late of [LATE, LATE.slice(0, 1), ["some words"]])
    expect(read([], [end], late)).toEqual([{ reason: 72, plan: "v9", ending: true }]);
  expect(read(LATE, [end])).toMatchObject([{ ending: true }]);
  expect(read([], [end, "1:00PM INF block height=1"])[0]).not.toHaveProperty("ending");
});

test.each([
  "1:00PM ERR Stopping peer for error module=p2p",
  "some words\n1:00PM INF committed state height=29",
  `some words\n${MARK}\na warning\n${MARK}\n1:00PM INF committed state height=29`,
])("a process that follows without a start line on the other stream takes an end back: %s", (next) => {
  for (const late of [[], LATE])
    for (const line of read([], [ERROR], [...late, LATER, next])) expect(line).not.toHaveProperty("ending");
});

test("a wrapper's words that are written later on the other stream take back a bare end alone", () => {
  expect(read([], [ERROR], [LATER, "it ended"])).toMatchObject([{ ending: true }]);
  expect(read([], [BARE], [LATER, "it ended"])[0]).not.toHaveProperty("ending");
});

test("a run that begins on the other stream is another process", () => {
  expect(read([], [ERROR], ["1:00PM INF starting node with ABCI CometBFT in-process module=server"])).toEqual(
    [],
  );
});

test("another end says so of a halt line that is read after it", () => {
  expect(read([], ["Error: out of luck"], LATE)).toMatchObject([{ plan: "v9", replaced: true }]);
});

test("an error goes on in its own stream alone, and so does a message", () => {
  const forged = 'UPGRADE "v6.7" NEEDED at height: 30: ';
  expect(read([], ["Error: bad memo"], LATE.slice(0, 1), [forged])).toEqual([]);
  expect(read(["1:00PM ERR bad memo"], ["warning"], [forged])).toEqual([]);
  expect(read(["1:00PM INF no field"], [ERROR])).toMatchObject([{ ending: true }]);
});
