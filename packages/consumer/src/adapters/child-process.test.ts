import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { classify } from "../classify.ts";
import { evidenceFromChildExit } from "./child-process.ts";
import { evidenceFromExitCode } from "./exit-code.ts";

test.each([
  ["process.exit(70)", { kind: "halted", reason: 70 }],
  ["process.exit(79)", { kind: "unrecognised-halt", code: 79, range: "upgrade" }],
  ["process.exit(1)", { kind: "crashed", cause: { kind: "error", code: 1 } }],
  ["process.kill(process.pid, 'SIGKILL')", { kind: "crashed", cause: { kind: "signal", signal: "SIGKILL" } }],
  ["process.kill(process.pid, 'SIGTERM')", { kind: "stopped" }],
])("a child that does %s", async (script, verdict) => {
  const child = spawn(process.execPath, ["-e", script], { stdio: "ignore" });
  const [code, signal] = await once(child, "exit");
  expect(classify(evidenceFromChildExit({ code, signal }))).toMatchObject(verdict);
});

test.each([
  [137, { kind: "crashed", cause: { kind: "signal", signal: "SIGKILL" } }],
  [143, { kind: "stopped" }],
  [163, { kind: "crashed", cause: { kind: "signal", signal: "signal 35" } }],
  [255, { kind: "crashed", cause: { kind: "error", code: 255 } }],
  [85, { kind: "unrecognised-halt", code: 85, range: "operator" }],
])("a shell's exit code %i", (code, verdict) => {
  expect(classify(evidenceFromExitCode(code))).toMatchObject(verdict);
});

test("an exit code with the end of the log", () => {
  const log = 'BINARY UPDATED BEFORE TRIGGER! UPGRADE "v6.8" - in binary but not executed on chain\n';
  expect(classify(evidenceFromExitCode(71, log))).toMatchObject({
    reason: 71,
    plan: "v6.8",
    corroborated: true,
  });
});
