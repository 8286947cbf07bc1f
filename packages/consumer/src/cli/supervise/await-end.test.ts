import { spawn } from "node:child_process";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { endOf } from "./await-end.ts";

const NO_OUTPUT = { outputs: [null, null], drop: () => false } as const;
const left = { end: async () => true, livesOn: async () => "" };

test("a signal that could not be given is told, and the command is waited for", async () => {
  const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  const stderr = new PassThrough();
  const end = endOf(child, "seid", NO_OUTPUT, { stderr, left });
  await once(child, "spawn");
  for (let time = 0; time < 2; time += 1)
    child.emit("error", Object.assign(new Error("kill EPERM"), { code: "EPERM", syscall: "kill" }));
  child.kill("SIGKILL");
  expect(await end).toEqual({
    code: null,
    signal: "SIGKILL",
    isOutputOpen: false,
    isLeftRunning: false,
    livesOn: "",
  });
  expect(String(stderr.read()).match(/a signal could not be given to the command \(EPERM\)/g)).toHaveLength(
    2,
  );
});

test("what a command started and cannot be ended holds its own end up no longer, and is told", async () => {
  const child = spawn("true", { stdio: "ignore" });
  const end = endOf(child, "true", NO_OUTPUT, {
    stderr: new PassThrough(),
    left: { end: async () => false, livesOn: async () => "process 7 (seid)" },
  });
  expect(await end).toEqual({
    code: 0,
    signal: null,
    isOutputOpen: false,
    isLeftRunning: true,
    livesOn: "process 7 (seid)",
  });
});

test("a command ends although nobody can say what it left", async () => {
  const fail = async () => {
    throw new Error("EMFILE");
  };
  const child = spawn("true", { stdio: "ignore" });
  const end = endOf(child, "true", NO_OUTPUT, {
    stderr: new PassThrough(),
    left: { end: fail, livesOn: fail },
  });
  expect(await end).toMatchObject({ code: 0, isLeftRunning: true, livesOn: "" });
});

test("a command that is not there does not end: it never started", async () => {
  const end = endOf(spawn("/nowhere/seid"), "/nowhere/seid", NO_OUTPUT, { stderr: new PassThrough(), left });
  await expect(end).rejects.toMatchObject({ code: "not-found" });
});
