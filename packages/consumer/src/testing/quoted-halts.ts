import type { LogFormat } from "./log-formats.ts";

/** Lines of a node that did not halt, with a halt text in them: somebody on the chain chose what is quoted. */
export type Quoting = (text: string, write: LogFormat) => string;

const json = (fields: object) => JSON.stringify(fields);
const TIME = "2026-08-21T18:00:00Z";

/** How a halt text comes into a log without a halt. In all of them it is somebody's words, not the node's. */
export const QUOTINGS: Readonly<Record<string, Quoting>> = {
  "after other words of an error": (text, write) => write("ERR", `bad memo: ${text}`, {}),
  "as a message that is no error": (text, write) => write("INF", text, {}),
  "in a field": (text, write) => write("ERR", "executed tx", { memo: text, raw: `\n${text}\n` }),
  "in the error of something else than consensus": (text, write) =>
    write("ERR", "failed to execute tx", { err: text }),
  "in the error of consensus, after other words": (text, write) =>
    write("ERR", "CONSENSUS FAILURE!!!", { err: `bad memo: ${text}`, module: "consensus" }),
  "in a field beside the failure of consensus": (text, write) =>
    write("ERR", "CONSENSUS FAILURE!!!", { memo: `x err=${json({ text })}`, module: "consensus" }),
  "in a field that looks like an error's": (text, write) =>
    write("ERR", "CONSENSUS FAILURE!!! of", { memo: ` err="${text}"` }),
  "in two errors of consensus": (text, write) =>
    write("ERR", "CONSENSUS FAILURE!!!", { err: text, error: "EOF" }),
  "in a panic, after other words": (text) => `panic: tx memo said: ${text}\n\ngoroutine 1 [running]:`,
  "in the second line of what a panic said": (text) => `panic: bad memo:\n${text}\n\ngoroutine 1 [running]:`,
  "in the second line of the error of a program": (text) => `Error: bad memo:\n${text}`,
  "after an empty line of what a panic said": (text) =>
    `panic: bad memo\n\n${text}\n\ngoroutine 1 [running]:\n${text}`,
  "after an empty line of the error of a program": (text) => `Error: bad memo\n\n${text}`,
  "in the error of a program, after other words": (text) =>
    `Error: rpc error: code = Unknown desc = bad memo: ${text}`,
  "in the error of no program of a node": (text) => `error: bad memo: ${text}`,
  "as the error of no program of a node": (text) => `error: ${text}`,
  "in a bare error of a program, after other words": (text) =>
    `error during handshake: error on replay: bad memo: ${text}`,
  "in the second line of the bare error of a program": (text) =>
    `error during handshake: bad memo\n\n${text}\nerror on replay: ${text}`,
  "in the bare error of no program": (text) => `error in handshake: ${text}`,
  "as a bare error that a record quotes on its second line": (text, write) =>
    write("ERR", `bad memo:\nerror during handshake: error on replay: ${text}`, {}),
  "in an error that a program logs, after other words": (text, write) =>
    write("ERR", "failure when running app", { err: `error during handshake: bad memo: ${text}` }),
  "in a field beside the error that a program logs": (text, write) =>
    write("ERR", "failed init node", { error: "EOF", memo: `error during handshake: ${text}` }),
  "in two errors that a program logs": (text, write) =>
    write("ERR", "failure when running app", { err: text, error: "EOF" }),
  "after words like those of a program that logs its error": (text, write) =>
    write("ERR", `failure when running app of memo err="${text}"`, {}),
  "as the error of a program that logs it as no error": (text, write) =>
    write("INF", "failure when running app", { err: `error during handshake: ${text}` }),
  "after wrappers of which one is none": (text) => `Error: error on replay: memo: ${text}`,
  "in a line like docker compose's": (text) => `memo | ${text}`,
  "in a line like docker compose's of a number": (text) => `memo-1  | ${text}`,
  "in a line like pm2's": (text) => `0|memo  | ${text}`,
  "in a line like the journal's export": (text) => `MESSAGE=${text}`,
  "in a line like syslog's": (text) => `Aug 21 18:00:00 memo memo[1]: ${text}`,
  "in a line like syslog's without a process": (text) => `Aug 21 18:00:00 memo memo: ${text}`,
  "in a line like RFC 5424's": (text) => `<30>1 ${TIME} memo memo 1 - - ${text}`,
  "in a line like s6-log's": (text) => `2026-08-21 18:00:00.123456789  ${text}`,
  "in a line like ts's": (text) => `Aug 21 18:00:00 ${text}`,
  "in a line like stern's JSON": (text) =>
    json({ message: text, nodeName: "n", namespace: "x", podName: "x", containerName: "x" }),
  "in a line like a shipper's JSON": (text) => json({ message: text, stream: "stderr", timestamp: TIME }),
  "in a line like kubectl's": (text) => `[pod/memo/memo] ${text}`,
  "in a line like CRI's": (text) => `${TIME} stderr F ${text}`,
  "in a line like Docker's json-file": (text) => json({ log: `${text}\n`, stream: "stderr", time: TIME }),
  "in a line like pm2's JSON": (text) =>
    json({ message: `${text}\n`, timestamp: TIME, type: "err", process_id: 0, app_name: "x" }),
  "in a line like the journal's JSON": (text) => json({ __CURSOR: "s=1", _BOOT_ID: "1", MESSAGE: text }),
  "in a record that is like the journal's JSON": (text) =>
    json({ level: "error", message: "executed tx", __CURSOR: "s=1", MESSAGE: text }),
  "in JSON without a level": (text) => json({ code: 1, message: text }),
  "in one of two messages": (text) => json({ level: "error", msg: text, message: "executed tx" }),
  "in the other of two messages": (text) => json({ level: "error", message: text, _msg: "executed tx" }),
  "in the second of two messages of a name": (text) =>
    `{"level":"error","msg":"executed tx","msg":${json([text]).slice(1, -1)}}`,
  "in the first of two messages of a name": (text) =>
    `{"level":"error","msg":${json([text]).slice(1, -1)},"msg":"executed tx"}`,
  "in JSON of two levels": (text) => `{"level":"info","message":${JSON.stringify(text)},"level":"error"}`,
  "in logfmt of two levels": (text) => `time=${TIME} level=INFO level=ERROR msg=${JSON.stringify(text)}`,
  "in two errors of consensus in JSON": (text) =>
    json({ level: "error", message: "CONSENSUS FAILURE!!!", err: text, error: text }),
  "in a message of JSON in a message": (text) =>
    json({ level: "error", message: json({ level: "error", message: text }) }),
  "in one of two messages of logfmt": (text) =>
    `time=${TIME} level=ERROR msg="executed tx" msg=${JSON.stringify(text)}`,
  "behind a carriage return": (text, write) => `${write("INF", "memo", {})}\r${text}`,
  "behind a carriage return of a raw line": (text) => `memo\r${text}\rmemo`,
  "indented, as a trace is": (text) => `\t${text}`,
  "indented, as a panic that nothing came before": (text) => `\tpanic: ${text}`,
};

/** What brings a plan's info with it: in a console's log it may hold line breaks, and look like anything. */
export const INFOS: Readonly<Record<string, Quoting>> = {
  "on the line itself": (text, write) =>
    write("INF", `UPGRADE "v9" SCHEDULED at height: 99: see ${text}`, {}),
  "of JSON": (text, write) =>
    write("INF", `UPGRADE "v9" SCHEDULED at height: 99: ${json({ upgradeType: "minor", note: text })}`, {}),
  "on a line of its own": (text, write) =>
    write("INF", `UPGRADE "v9" SCHEDULED at height: 99: see\n${text}\npanic: ${text}`, {}),
  "as a record": (text, write) =>
    write("INF", `UPGRADE "v9" SCHEDULED at height: 99: see\n${write("ERR", text, {})}`, {}),
  "as a record, after fields": (text, write) =>
    write("INF", `UPGRADE "v9" SCHEDULED at height: 99: see a=b\n${write("ERR", text, { a: "b" })}`, {}),
  "as a record after others": (text, write) =>
    write(
      "INF",
      `UPGRADE "v9" SCHEDULED at height: 99: {} see\n${write("INF", "committed state", {})}\n${write("ERR", text, {})}`,
      {},
    ),
  "as a record after a start": (text, write) =>
    write(
      "INF",
      `UPGRADE "v9" SKIPPED at 9: {}\n${write("INF", "starting node with ABCI CometBFT in-process", {})}\n${write("ERR", text, {})}`,
      {},
    ),
  "behind what errors are wrapped in": (text, write) =>
    write("INF", `module manager preblocker: UPGRADE "v9" SCHEDULED at height: 99: x\n${text}`, {}),
};
