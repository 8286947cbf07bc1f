import { expect, test } from "vitest";
import { HaltLog } from "./halt-log.ts";

const LINE = 'UPGRADE "v6.7" NEEDED at height: 30: ';
const CHATTER = Buffer.from("1:00PM INF Ensure peers module=pex\n".repeat(20_000));

function logOf(...pieces: (string | Buffer)[]): HaltLog {
  const log = new HaltLog();
  for (const piece of pieces) log.push(Buffer.from(piece));
  return log;
}

test("a line is kept however much comes after it", () => {
  expect(logOf(CHATTER, `${LINE}\n`, CHATTER).planLines()).toMatchObject([{ reason: 70, plan: "v6.7" }]);
});

test("a line that comes in pieces is found", () => {
  expect(logOf('UPGRADE "v6.7" NEE', "DED at hei", `ght: 30: \n`, CHATTER).planLines()).toHaveLength(1);
});

test("lines that disagree stay in dispute", () => {
  const other = LINE.replace("v6.7", "v6.8");
  expect(logOf(`${LINE}\n`, CHATTER, `${other}\n`, CHATTER).planLines()).toHaveLength(2);
});

test.each([
  '1:00PM INF applying upgrade "v6.7" at height: 30',
  "1:00PM INF ABCI Handshake App Info height=30",
])("what began after the line is another run: %s", (start) => {
  expect(logOf(`${LINE}\n`, CHATTER, `${start}\n`, CHATTER).planLines()).toEqual([]);
});

test.each([
  "1:00PM INF Version info memo of somebody module=state",
  "running app",
  '1:00PM INF executed tx memo="ABCI Handshake App Info"',
])("what only looks like the begin of a run takes no line away: %s", (memo) => {
  expect(logOf(`${LINE}\n`, CHATTER, `${memo}\n`, CHATTER).planLines()).toMatchObject([{ reason: 70 }]);
});

test("that it was the text of a panic is forgotten once the log went on", () => {
  const [line] = logOf(`panic: ${LINE}\n`, CHATTER).planLines();
  expect(line).toBeDefined();
  expect(line).not.toHaveProperty("ending");
});

test("of lines that disagree the first may be the halt, however far apart they are", () => {
  const other = LINE.replace("v6.7", "v6.8");
  for (const log of [
    logOf(`${LINE}\n${other}\n`, CHATTER),
    logOf(`${LINE}\n`, CHATTER, `${other}\n`, CHATTER),
  ])
    expect(log.allLines().filter(({ unsure }) => unsure)).toMatchObject([{ plan: "v6.7" }]);
  expect(logOf(CHATTER, `${LINE}\n`, CHATTER).allLines()).toEqual(logOf(`${LINE}\n`).planLines());
});

test("that another process ended since by something else is told of a line however far it is", () => {
  const crash = "panic: out of luck\n\ngoroutine 1 [running]:\n";
  const halted = `panic: ${LINE}\n\ngoroutine 1 [running]:\n`;
  for (const log of [
    logOf(halted, crash),
    logOf(halted, CHATTER, crash),
    logOf(halted, CHATTER, crash, CHATTER),
  ])
    expect(log.allLines()).toMatchObject([{ plan: "v6.7", replaced: true }]);
  expect(logOf(halted, CHATTER, crash, halted).allLines()).not.toMatchObject([{ replaced: true }]);
});
