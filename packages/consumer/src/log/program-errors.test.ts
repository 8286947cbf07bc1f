import { expect, test } from "vitest";
import { HaltLog } from "../cli/announce/halt-log.ts";
import { findPlanLines } from "./find-plan-lines.ts";

const TEXTS = {
  71: 'BINARY UPDATED BEFORE TRIGGER! UPGRADE "v9" - in binary but not executed on chain. Downgrade your binary',
  72: "wrong app version 0, upgrade handler is missing for v9 upgrade plan",
} as const;
const HANDSHAKE = "error during handshake: error on replay: ";
const RECORD = "8:58AM ERR";

/** What the programs of real chains end with, each at its start on data that its binary does not fit. */
const LAST_WORDS: Record<string, (text: string) => string> = {
  "cobra's Error, as osmosis, celestia and neutron": (text) => `Error: ${HANDSHAKE}${text}`,
  "the bare error, as simapp 0.53, evmd and mantrachain with cobra silenced": (text) => `${HANDSHAKE}${text}`,
  "both, as initia": (text) => `Error: ${HANDSHAKE}${text}\n${HANDSHAKE}${text}`,
  "usage, then the bare error": (text) =>
    `Usage:\n  simd start [flags]\n\nFlags:\n  -h, --help   help for start\n\n${HANDSHAKE}${text}`,
  "a record alone, as babylon 1.0": (text) =>
    `${RECORD} failure when running app err=${JSON.stringify(HANDSHAKE + text)}`,
  "cobra's Error and a record, as simapp 0.50": (text) =>
    `Error: ${HANDSHAKE}${text}\n${RECORD} failure when running app err=${JSON.stringify(HANDSHAKE + text)}`,
  "a record in JSON": (text) =>
    JSON.stringify({ level: "error", err: HANDSHAKE + text, message: "failure when running app" }),
  "Ethermint's record alone, as cronos": (text) =>
    `${RECORD} failed init node error=${JSON.stringify(HANDSHAKE + text)}`,
  "Ethermint's record and the bare error, as evmd": (text) =>
    `${RECORD} failed init node error=${JSON.stringify(HANDSHAKE + text)}\n${HANDSHAKE}${text}`,
  "story's record": (text) =>
    `24-11-10 15:11:01.755 ERRO !! Fatal error occurred, app died\ufe0f unexpectedly !! err=${JSON.stringify(
      `create comet node: create node: ${HANDSHAKE}module manager preblocker: ${text}`,
    )} stacktrace="[errors.go:39 start.go:261]"`,
};
const cases = Object.entries(LAST_WORDS).flatMap(([how, say]) =>
  ([71, 72] as const).map((reason) => ({ how, reason, words: say(TEXTS[reason]), text: TEXTS[reason] })),
);

test.each(cases)("a $reason is the end of a program that says it with $how", ({ reason, words, text }) => {
  const log = `8:58AM INF starting node with ABCI CometBFT in-process module=server\n${RECORD} ${text} module=x/upgrade\n${words}\n`;
  expect(findPlanLines(log)).toEqual([{ reason, plan: "v9", ending: true }]);
});

test.each(cases)("what is said after a $reason with $how is of another process", ({ reason, words }) => {
  const end = `${words}\n`;
  for (const other of [
    `${HANDSHAKE}wrong Block.Header.AppHash`,
    `${RECORD} failure when running app err="resource temporarily unavailable"`,
    `${RECORD} failed init node error=EOF`,
  ]) {
    expect(findPlanLines(end + other), other).toMatchObject([{ reason, replaced: true }]);
    const log = new HaltLog();
    log.push(Buffer.from(`${end}${"8:59AM INF block module=state\n".repeat(10_000)}`));
    log.push(Buffer.from(`${other}\n`));
    expect(log.planLines(), other).toMatchObject([{ reason, replaced: true }]);
  }
  expect(findPlanLines(`${end}8:59AM INF committed state height=29`)[0]).not.toHaveProperty("ending");
});

test("a bare error is the last word of a program: with other words after it nothing tells whose end came last", () => {
  const bare = `${HANDSHAKE}${TEXTS[72]}\n`;
  expect(findPlanLines(`${bare}resource temporarily unavailable\n`)).toEqual([
    { reason: 72, plan: "v9", outlived: true },
  ]);
  for (const ofWrapper of [
    "Error: exit status 1",
    "upgrade-halt: halted: downgrade_detected.",
    '{"verdict":{"kind":"halted"},"announced":false,"exitCode":1}',
  ])
    expect(findPlanLines(`${bare}\n${ofWrapper}\n`), ofWrapper).toMatchObject([{ ending: true }]);
});
