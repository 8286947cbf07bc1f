import { expect, test } from "vitest";
import { findPlanLines, parsePlanLine } from "./find-plan-lines.ts";

test.each([
  [
    'UPGRADE "v6.7" NEEDED at height: 240000000: {"upgradeType":"major"}',
    { reason: 70, plan: "v6.7", height: 240000000 },
  ],
  ['UPGRADE "v6.7" NEEDED at height: 30: ', { reason: 70, plan: "v6.7", height: 30 }],
  ['UPGRADE "v6.7" NEEDED at height: 30:', { reason: 70, plan: "v6.7", height: 30 }],
  [
    '{"level":"error","message":"UPGRADE \\"v6.7\\" NEEDED at height: 30: "}',
    { reason: 70, plan: "v6.7", height: 30 },
  ],
  [
    'BINARY UPDATED BEFORE TRIGGER! UPGRADE "v6.7" - in binary but not executed on chain',
    { reason: 71, plan: "v6.7" },
  ],
  ["Wrong app version 0, upgrade handler is missing for v6.6 upgrade plan", { reason: 72, plan: "v6.6" }],
])("reads %j", (line, expected) => {
  expect(parsePlanLine(line)).toEqual(expected);
});

test.each([
  'UPGRADE "v6.7" SCHEDULED at height: 30: ',
  'UPGRADE "" NEEDED at height: 30: ',
  'UPGRADE "v6.7" NEEDED at time: 2026-08-21T00:00:00Z: ',
  'UPGRADE "v6.7" NEEDED at height: 030: ',
  'UPGRADE "v6.7" NEEDED at height: +30: ',
  'UPGRADE "v6.7" NEEDED at height: 3e1: ',
  "UPGRADE v6.7 NEEDED",
  "",
])("sees no halt in %j", (line) => {
  expect(parsePlanLine(line)).toBeUndefined();
});

test("a height that no chain has is no height", () => {
  expect(parsePlanLine('UPGRADE "v6.7" NEEDED at height: 9223372036854775807: ')).toEqual({
    reason: 70,
    plan: "v6.7",
  });
});

test("a halt line counts once, however often the log has it, and whatever comes after it", () => {
  const line = 'UPGRADE "v6.7" NEEDED at height: 30: ';
  const log = ["boot", `5:59PM ERR ${line} module=x/upgrade`, line, "panic: goodbye"].join("\r\n");
  expect(findPlanLines(log)).toEqual([{ reason: 70, plan: "v6.7", height: 30, replaced: true }]);
});

test("a halt line after which another end was said tells so", () => {
  expect(findPlanLines(`6:00PM ERR ${NEEDED}\npanic: out of space`)).toEqual([{ ...line, replaced: true }]);
});

test("halt lines that disagree are all there, the newest first, four at most", () => {
  const log = [10, 20, 30, 40, 50].map((height) => `UPGRADE "v${height}" NEEDED at height: ${height}: `);
  expect(findPlanLines(log.join("\n")).map(({ height }) => height)).toEqual([50, 40, 30, 20]);
});

test("a plan name never spans lines", () => {
  expect(findPlanLines('UPGRADE "v6\n.7" NEEDED at height: 30: ')).toEqual([]);
});

test("a megabyte without a halt line does not make it backtrack for ever", () => {
  expect(findPlanLines(`${"Wrong app version 0, ".repeat(50_000)}\n${'UPGRADE "'.repeat(50_000)}`)).toEqual(
    [],
  );
});

const NEEDED = 'UPGRADE "v6.7" NEEDED at height: 30: ';
const line = { reason: 70, plan: "v6.7", height: 30 };
const quoted = JSON.stringify(NEEDED);

test.each([
  ["zerolog's console", `5:59PM ERR ${NEEDED} module=x/upgrade`],
  [
    "zerolog's console with colour",
    `\u001b[90m5:59PM\u001b[0m \u001b[1m\u001b[31mERR\u001b[0m\u001b[0m ${NEEDED} \u001b[36mmodule=\u001b[0mx/upgrade`,
  ],
  ["zerolog's console with its caller", `5:59PM ERR x/upgrade/abci.go:71 > ${NEEDED}`],
  ["zerolog's console with a whole time", `2026-08-21T18:00:00Z ERR ${NEEDED}`],
  [
    "zerolog's JSON",
    `{"level":"error","module":"x/upgrade","time":"2026-08-21T18:00:00Z","message":${quoted}}`,
  ],
  ["CometBFT's JSON", `{"_msg":${quoted},"level":"error","module":"x/upgrade"}`],
  ["Tendermint's plain log", `E[2026-08-21|18:00:00.000] ${NEEDED}                       module=x/upgrade`],
  ["slog's JSON", `{"time":"2026-08-21T18:00:00Z","level":"ERROR","msg":${quoted}}`],
  ["slog's text", `time=2026-08-21T18:00:00.000Z level=ERROR msg=${quoted} module=x/upgrade`],
  ["slog's default", `2026/08/21 18:00:00 ERROR ${NEEDED} module=x/upgrade`],
  ["tint", `Aug 21 18:00:00.000 ERR ${NEEDED} module=x/upgrade`],
  [
    "tint with colour",
    `\u001b[2mAug 21 18:00:00.000\u001b[0m \u001b[91mERR\u001b[0m ${NEEDED} \u001b[2mmodule=\u001b[0mx/upgrade`,
  ],
  ["the raw line for cosmovisor", NEEDED],
  ["a panic", `panic: ${NEEDED}`],
  ["a panic that was recovered and thrown again", `panic: ${NEEDED} [recovered]\n\tpanic: ${NEEDED}`],
  [
    "a wrapped error that consensus failed with",
    `5:59PM ERR CONSENSUS FAILURE!!! err="failed to apply block; error module manager preblocker: UPGRADE \\"v6.7\\" NEEDED at height: 30: " module=consensus`,
  ],
  [
    "a wrapped error that a program ends with",
    `Error: error during handshake: error on replay: module manager preblocker: ${NEEDED}`,
  ],
  ["a wrapped error as a message", `5:59PM ERR module manager preblocker: ${NEEDED}`],
])("a halt line counts in %s", (_, log) => {
  expect(findPlanLines(log)).toMatchObject([line]);
});

const CONSOLE = `5:59PM ERR ${NEEDED} module=x/upgrade`;

test.each([
  [
    "Docker's json-file",
    (text: string) => JSON.stringify({ log: `${text}\n`, stream: "stderr", time: "2026-08-21T18:00:00Z" }),
  ],
  ["CRI", (text: string) => `2026-08-21T18:00:00.123456789Z stderr F ${text}`],
  ["docker compose", (text: string) => `seid-1  | ${text}`],
  ["docker compose with times", (text: string) => `seid-1  | 2026-08-21T18:00:00.123456789Z ${text}`],
  ["docker compose with colour", (text: string) => `\u001b[36mseid-1  | \u001b[0m${text}`],
  ["pm2", (text: string) => `0|seid  | ${text}`],
  [
    "pm2's JSON",
    (text: string) =>
      JSON.stringify({
        message: `${text}\n`,
        timestamp: "2026-08-21T18:00:00",
        type: "err",
        process_id: 0,
        app_name: "seid",
      }),
  ],
  [
    "kubectl logs --prefix --timestamps",
    (text: string) => `[pod/sei-0/seid] 2026-08-21T18:00:00.123456789Z ${text}`,
  ],
  [
    "journalctl -o with-unit",
    (text: string) => `Fri 2026-08-21 18:00:00 UTC val-1 seid.service[123]: ${text}`,
  ],
  ["journalctl -o short-unix", (text: string) => `1787335200.123456 val-1 seid[123]: ${text}`],
  ["journalctl -o short-delta", (text: string) => `[  345.678901 <    0.000002 >] val-1 seid[123]: ${text}`],
  ["pm2 with a zone", (text: string) => `2026-08-21 18:00:00 +00:00: ${text}`],
  [
    "CRI as Fluent Bit has it",
    (text: string) =>
      JSON.stringify({ log: text, stream: "stderr", logtag: "F", time: "2026-08-21T18:00:00Z" }),
  ],
  ["journalctl -o short", (text: string) => `Aug 21 18:00:00 val-1 seid[123]: ${text}`],
  ["journalctl -o short-iso", (text: string) => `2026-08-21T18:00:00+0000 val-1 seid[123]: ${text}`],
  [
    "journalctl -o export",
    (text: string) => `__REALTIME_TIMESTAMP=1787335200000000\n_PID=123\nMESSAGE=${text}\nPRIORITY=6\n`,
  ],
  [
    "journalctl -o export of bytes",
    (text: string) => `_PID=123\nMESSAGE\n\u002a\u0000\u0000\u0000\u0000\u0000\u0000\u0000${text}\n`,
  ],
  ["journalctl -o json", (text: string) => JSON.stringify({ __CURSOR: "s=1", MESSAGE: text, PRIORITY: "6" })],
  [
    "journalctl -o json of bytes",
    (text: string) => JSON.stringify({ __CURSOR: "s=1", MESSAGE: [...Buffer.from(text)] }),
  ],
  ["s6-log's TAI64N", (text: string) => `@4000000068a75f2a1e1a3b4c ${text}`],
  ["svlogd", (text: string) => `2026-08-21_18:00:00.12345 ${text}`],
  [
    "Docker's json-file of compose's output",
    (text: string) => JSON.stringify({ log: `seid-1  | ${text}\n`, stream: "stdout" }),
  ],
])("a halt line counts through %s", (_, wrap) => {
  for (const text of [
    CONSOLE,
    NEEDED,
    `{"level":"error","message":${quoted}}`,
    `time=2026-08-21T18:00:00Z level=ERROR msg=${quoted}`,
  ])
    expect(findPlanLines(wrap(text))).toMatchObject([line]);
});

/** An entry of the journal as `journalctl -o export` prints one in colours, with the length of its message before it. */
function exportedInColours(message: string): Buffer {
  const bytes = Buffer.from(`\u001b[31mERR\u001b[0m ${message}`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([Buffer.from("__CURSOR=s\nMESSAGE\n"), length, bytes, Buffer.from("\n\n")]);
}

test.each([13, 127, 128, 200, 255, 256, 266, 522, 2_560, 2_700, 33_000, 40_000, 49_600])(
  "a halt line counts through journalctl -o export after a line in colours of %i bytes",
  (length) => {
    const entries = [exportedInColours("x".repeat(length - 13)), exportedInColours(NEEDED)];
    expect(findPlanLines(Buffer.concat(entries).toString())).toMatchObject([line]);
  },
);

test.each([
  ["compose's word for a restart", `seid-1  | ${NEEDED}\nseid-1 exited with code 2 (restarting)`],
  ["compose's words for a start", ` Container seid-1  Created\nAttaching to seid-1\nseid-1  | ${NEEDED}`],
  ["kubectl's choice", `Defaulted container "seid" out of: seid, proxy\n[pod/sei-0/seid] ${NEEDED}`],
  [
    "kubectl's choice, with times",
    `Defaulted container "seid" out of: seid, proxy\n2026-08-21T18:00:00Z ${NEEDED}`,
  ],
  ["stern's words", `+ sei-0 › seid\nsei-0 seid boot\nsei-0 seid ${NEEDED}\n- sei-0 › seid`],
  ["a line that CRI has only begun", `2026-08-21T18:00:00Z stderr F ${NEEDED}\n2026-08-21T18:00:00Z std`],
])("a halt line counts beside %s", (_, log) => {
  expect(findPlanLines(log)).toMatchObject([line]);
});

test.each([
  ["stern's lines of two pods", `sei-0 seid boot\nsei-1 seid ${NEEDED}`],
  ["one line that looks like stern's", `sei-0 seid ${NEEDED}`],
])("no halt line counts in %s", (_, log) => {
  expect(findPlanLines(log)).toEqual([]);
});

test("a line that a runtime wrote in parts is put together again", () => {
  const cri = `2026-08-21T18:00:00Z stderr P UPGRADE "v6.7" NEE\n2026-08-21T18:00:00Z stderr F DED at height: 30: x`;
  const docker = ['UPGRADE "v6.7" NEE', "DED at height: 30: x\n"].map((log) =>
    JSON.stringify({ log, stream: "stderr" }),
  );
  const parts = ['UPGRADE "v6.7" NEE', "DED at height: 30: x"];
  const journalJson = parts.map((MESSAGE, index) =>
    JSON.stringify({ __CURSOR: `s=${index}`, MESSAGE, ...(index === 0 && { _LINE_BREAK: "line-max" }) }),
  );
  const journalExport = `_PID=7\nMESSAGE=${parts[0]}\n_LINE_BREAK=line-max\n\n_PID=7\nMESSAGE=${parts[1]}\n\n`;
  for (const log of [cri, docker.join("\n"), journalJson.join("\n"), journalExport])
    expect(findPlanLines(log)).toMatchObject([line]);
});

test.each([
  [
    "in the info of a scheduled upgrade",
    `5:59PM INF UPGRADE "v6.8" SCHEDULED at height: 99: like ${NEEDED} was`,
  ],
  ["in a field", `5:59PM INF executed tx memo=${quoted} module=state`],
  ["in a field without quotes", `2026-08-21T18:00:00Z INF executed tx memo=${NEEDED}`],
  [
    "in the error of a message that is not consensus's",
    `5:59PM ERR failed to execute tx err=${quoted} module=server`,
  ],
  ["in a field of JSON", `{"level":"info","message":"executed tx","memo":${quoted}}`],
  [
    "in a field of JSON that Docker has too",
    `{"level":"info","message":"executed tx","log":${quoted},"stream":"x","time":"y"}`,
  ],
  ["in a field of JSON that journald has too", `{"level":"info","msg":"executed tx","MESSAGE":${quoted}}`],
  [
    "in JSON within a message",
    JSON.stringify({ level: "info", message: JSON.stringify({ message: NEEDED }) }),
  ],
  [
    "in a field before the message of slog",
    `time=x level=INFO memo="a msg=\\"${NEEDED.replaceAll('"', "'")}\\"" msg="executed tx"`,
  ],
  ["after other words of a message", `5:59PM INF proposal says ${NEEDED}`],
  ["after words that a contract chose", `5:59PM ERR failed to execute message; message index: 0: ${NEEDED}`],
  ["in a panic about something else, quoted", `panic: invalid memo ${quoted}`],
  ["in a field of the journal's export", `MESSAGE=executed tx\n_CMDLINE=${NEEDED}`],
  [
    "on the next line of a scheduled upgrade's info",
    `5:59PM INF UPGRADE "v6.8" SCHEDULED at height: 99: see\n${NEEDED}\npanic: ${NEEDED}`,
  ],
])("a halt line does not count %s", (_, log) => {
  expect(findPlanLines(log)).toEqual([]);
});

test("an info that quotes another halt line does not hide the one that it belongs to", () => {
  expect(
    findPlanLines(
      `UPGRADE "v6.7" NEEDED at height: 30: {"note":"like UPGRADE \\"v6.6\\" NEEDED at height: 10: was"}`,
    ),
  ).toEqual([line]);
});

test.each([
  ["panic: Wrong app version 0, upgrade handler is missing for v6.6 upgrade plan", "v6.6"],
  [
    "panic: Wrong app version 0, upgrade handler is missing for A upgrade plan B upgrade plan [recovered]",
    "A upgrade plan B",
  ],
  [
    "9:01PM ERR wrong app version 0, upgrade handler is missing for A upgrade plan B upgrade plan module=x/upgrade",
    "A upgrade plan B",
  ],
  [
    '5:59PM ERR CONSENSUS FAILURE!!! err="failed to apply block; error wrong app version 0, upgrade handler is missing for v2 upgrade plan"',
    "v2",
  ],
  [
    "9:01PM ERR wrong app version 0, upgrade handler is missing for A upgrade plan b=c upgrade plan d=e",
    "A upgrade plan b=c",
  ],
  ["Wrong app version 0, upgrade handler is missing for v6.6 upgrade plan as others say", undefined],
])("the plan of a downgrade: %s", (text, plan) => {
  expect(findPlanLines(text)[0]?.plan).toBe(plan);
});

test("what is left of a line that was cut is no line", () => {
  expect(findPlanLines(`${NEEDED}\nboot`, { isCut: true })).toEqual([]);
  expect(findPlanLines(`x\n${NEEDED}`, { isCut: true })).toEqual([line]);
});

test.each([
  ["cosmos-sdk's start", "6:00PM INF starting node with ABCI CometBFT in-process module=server"],
  ["cosmovisor's start", '6:00PM INF running app args=["start"] module=cosmovisor path=/bin/seid'],
  ["pm2's start", "PM2        | App [seid:0] starting in -fork mode-"],
  ["systemd's start", "Aug 21 18:00:00 val-1 systemd[1]: Started seid.service - Sei node."],
])("of a log with several runs only the last counts, by %s", (_, start) => {
  const older = 'UPGRADE "v6.6" NEEDED at height: 10: ';
  expect(findPlanLines([older, start, NEEDED].join("\n"))).toEqual([line]);
  expect(findPlanLines([older, start, "6:01PM INF committed state height=31"].join("\n"))).toEqual([]);
});

test("lines that are older than the process by their own time are another's", () => {
  const at = (second: number, text: string) => `2026-08-21T18:00:${second}Z stderr F ${text}`;
  const log = [at(10, 'UPGRADE "v6.6" NEEDED at height: 10: '), at(40, NEEDED)].join("\n");
  expect(findPlanLines(log, { startedAt: Date.UTC(2026, 7, 21, 18, 0, 30) })).toEqual([line]);
});

test.each([
  ["JSON", (time: string) => JSON.stringify({ level: "error", time, message: NEEDED })],
  ["CometBFT's JSON", (ts: string) => JSON.stringify({ level: "error", ts, _msg: NEEDED })],
  ["slog's text", (time: string) => `time=${time} level=ERROR msg=${quoted}`],
  ["a console", (time: string) => `${time} ERR ${NEEDED} module=x/upgrade`],
])("a record that is older than the process by its own time is another's: %s", (_, write) => {
  const startedAt = Date.UTC(2026, 7, 21, 18, 0, 30);
  const found = (time: string) => findPlanLines(`boot\n${write(time)}\nboot`, { startedAt });
  for (const time of ["2026-08-21T18:00:20Z", "2026-08-21T20:00:20+02:00"]) expect(found(time)).toEqual([]);
  for (const time of ["2026-08-21T18:00:30Z", "2026-08-21T19:00:40.5+01:00", "6:00PM", "2026-08-21T18:00:20"])
    expect(found(time)).toMatchObject([line]);
});

const DOWNGRADE = "wrong app version 0, upgrade handler is missing for v6.6 upgrade plan";

test.each([
  [
    "a panic and its trace",
    `panic: ${DOWNGRADE}\n\ngoroutine 1 [running]:\nmain.main()\n\t/x.go:1 +0x1`,
    true,
  ],
  [
    "a panic that was thrown again",
    `panic: ${DOWNGRADE} [recovered]\n\tpanic: other\n\ngoroutine 1 [running]:`,
    true,
  ],
  ["the error of a program", `6:00PM ERR ${DOWNGRADE}\nError: error during handshake: ${DOWNGRADE}`, true],
  [
    "an error, and cosmovisor's word for it",
    `Error: ${DOWNGRADE}\nError: exit status 1\n6:00PM ERR error="exit status 1" module=cosmovisor`,
    true,
  ],
  ["a message alone", `6:00PM ERR ${DOWNGRADE}`, false],
  [
    "a panic after which the node logs on",
    `panic: ${DOWNGRADE}\n6:00PM INF committed state height=31`,
    false,
  ],
])("whether a process ended with its halt line: %s", (_, log, isEnding) => {
  expect(findPlanLines(log)).toEqual([{ reason: 72, plan: "v6.6", ...(isEnding ? { ending: true } : {}) }]);
});
