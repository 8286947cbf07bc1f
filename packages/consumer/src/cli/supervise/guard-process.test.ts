import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { GUARD, guard } from "./guard-process.ts";

const PROGRAM = join(import.meta.dirname, "../../../bin/upgrade-halt.js");
const WAYS: readonly (readonly [way: string, args: readonly string[]])[] = [
  ["its text, run by Node", ["-e", `(${guard})(Number(process.argv[1]), process.argv[2])`]],
  ["the program itself, asked to be a guard", [PROGRAM, GUARD]],
];

test.each(WAYS)("%s kills a process once its parent is gone", async (_, args) => {
  const guarded = spawn("sleep", ["600"]);
  const guarding = spawn(process.execPath, [...args, String(guarded.pid)], { env: {} });
  guarding.stdin.end();
  expect(await once(guarded, "exit")).toEqual([null, "SIGKILL"]);
  if (guarding.exitCode === null) await once(guarding, "exit");
});

test.skipIf(process.platform !== "linux").each(WAYS)(
  "%s kills what has the mark of the run too, and nothing else",
  async (_, args) => {
    const mark = "0123456789abcdef".repeat(2);
    const sleep = (env = {}) => spawn("sleep", ["600"], { env: { PATH: process.env.PATH, ...env } });
    const guarded = sleep();
    const marked = sleep({ UPGRADE_HALT_RUNS: `${"f".repeat(32)},${mark}` });
    const other = sleep();
    const ends = [once(guarded, "exit"), once(marked, "exit")];
    const guarding = spawn(process.execPath, [...args, String(guarded.pid), mark], { env: {} });
    guarding.stdin.end();
    expect(await Promise.all(ends)).toEqual([
      [null, "SIGKILL"],
      [null, "SIGKILL"],
    ]);
    if (guarding.exitCode === null) await once(guarding, "exit");
    other.kill();
    expect(await once(other, "exit")).toEqual([null, "SIGTERM"]);
  },
);

test.each(["", "0123456789abcdef".repeat(2)])(
  "it kills a process and ends well where there is no /proc, with the mark %j",
  async (mark) => {
    const withoutProc = `process.getBuiltinModule("node:fs").readdirSync = () => { throw new Error("ENOENT"); };`;
    const text = `${withoutProc}(${guard})(Number(process.argv[1]), process.argv[2])`;
    const guarded = spawn("sleep", ["600"]);
    const guarding = spawn(process.execPath, ["-e", text, String(guarded.pid), mark], { env: {} });
    const ended = once(guarding, "exit");
    guarding.stdin.end();
    expect(await once(guarded, "exit")).toEqual([null, "SIGKILL"]);
    expect(await ended).toEqual([0, null]);
  },
);

test.each(WAYS)("%s leaves a process alone once all is over", async (_, args) => {
  const guarded = spawn("sleep", ["600"]);
  const guarding = spawn(process.execPath, [...args, String(guarded.pid)], { env: {} });
  guarding.stdin.end("\n");
  expect(await once(guarding, "exit")).toEqual([0, null]);
  guarded.kill();
  expect(await once(guarded, "exit")).toEqual([null, "SIGTERM"]);
});
