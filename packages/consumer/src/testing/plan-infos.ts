import type { LogFormat } from "./log-formats.ts";

/** All that a node writes about its halt, in the order in which it does. */
export type HaltOutput = (text: string, write: LogFormat) => string;

const TRACE = "\n\ngoroutine 1 [running]:\nmain.main()\n\t/x.go:1 +0x1";
const record: HaltOutput = (text, write) => write("ERR", text, { module: "x/upgrade" });
/** Go indents the further lines of what a panic says since 1.23. */
const indented = (text: string) => text.replaceAll("\n", "\n\t");
const consensus: HaltOutput = (text, write) =>
  write("ERR", "CONSENSUS FAILURE!!!", { err: `failed to apply block; error ${text}`, module: "consensus" });

export const HALT_OUTPUTS: Readonly<Record<string, HaltOutput>> = {
  "a panic": (text, write) => `${record(text, write)}\n${text}\npanic: ${text}${TRACE}`,
  "a panic of Go 1.23": (text, write) => `${record(text, write)}\n${text}\npanic: ${indented(text)}${TRACE}`,
  "the error of a program": (text, write) => `${record(text, write)}\nError: error during handshake: ${text}`,
  "consensus that stands still, of SDK 0.50": (text, write) =>
    `${record(text, write)}\n${consensus(text, write)}`,
  "consensus that stands still": (text, write) =>
    `${record(text, write)}\n${text}\n${consensus(text, write)}\n${write("INF", "Ensure peers", { module: "pex" })}`,
};

const json = (info: object) => JSON.stringify(info, null, 2);

/** What a plan's info can be that a person wrote in good faith: with it every halt is as sure as without. */
export const HONEST_INFOS: Readonly<Record<string, string>> = {
  nothing: "",
  "one line": "see https://example.org/v6.7",
  "several lines": "Upgrade to v6.7.\nSee https://example.org\n\nThank you.",
  "JSON of one line": '{"upgradeType":"minor"}',
  "JSON of several lines": json({
    upgradeType: "minor",
    binaries: { "linux/amd64": "https://x/y?checksum=z" },
  }),
  "JSON that begins in the next line": `\n${json({ upgradeType: "minor" })}\n`,
  "JSON in which a line is like a record": `{"upgradeType": "minor", "x":\n${JSON.stringify({
    level: "error",
    message: 'UPGRADE "v9" NEEDED at height: 10: ',
  })}\n}`,
  "JSON in which a line is like a start": `{"upgradeType": "minor", "x":\n${JSON.stringify({
    level: "info",
    message: "starting node with ABCI CometBFT in-process",
  })}\n}`,
  "a quote of the last upgrade": 'like UPGRADE "v6.6" NEEDED at height: 10: was',
};

const OTHER = 'UPGRADE "v9" NEEDED at height: 30: y';
const START = "5:59PM INF starting node with ABCI CometBFT in-process module=server";

/** Infos that hold what a log could hold after its halt, or before it. Somebody may have meant it so. */
export const HOSTILE_INFOS: Readonly<Record<string, string>> = {
  "which line to look for": 'install v6.7 when you see: UPGRADE "v6.7" NEEDED at height: 30:',
  "which line to look for, in JSON": JSON.stringify({
    note: 'wait for UPGRADE "v6.7" NEEDED at height: 30:',
  }),
  "a later plan's line": 'next is UPGRADE "v6.8" NEEDED at height: 99:',
  "the begin of another name": 'x" NEEDED at height: 30: ',
  "another plan's line": `x\n${OTHER}`,
  "another plan's line, in the first line of all": `\n${OTHER}`,
  "another plan's record": `x\n5:59PM ERR ${OTHER} module=x/upgrade`,
  "another plan's panic": `x\npanic: ${OTHER}`,
  "another plan's line behind a whole object": `{} a=b\n${OTHER}`,
  "the lines of six other plans": [1, 2, 3, 4, 5, 6].map((n) => OTHER.replace("v9", `v9.${n}`)).join("\n"),
  "a start": `x\n${START}`,
  "a start and another plan's line": `x\n${START}\n${OTHER}`,
  "a start and the line of a plan that is far": `x\n${START}\n${OTHER.replace("30", "99")}`,
  "a start and another panic": `x\n${START}\npanic: other\n`,
  "a start of pm2": "x\nPM2        | App [seid:0] starting in -fork mode-",
  "another plan that is scheduled": `x\n5:59PM INF UPGRADE "v9" SCHEDULED at height: 99: {\n${OTHER}`,
  "the end of a trace, and a start": `x\n\ngoroutine 1 [running]:\nmain.main()\n${START}`,
  "an object without an end": `{"x":\n${OTHER}`,
};
