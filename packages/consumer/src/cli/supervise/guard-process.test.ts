import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { GUARD, guard } from "./guard-process.ts";

const PROGRAM = join(import.meta.dirname, "../../../bin/upgrade-halt.js");
const WAYS: readonly (readonly [way: string, args: readonly string[]])[] = [
  ["its text, run by Node", ["-e", `(${guard})(Number(process.argv[1]))`]],
  ["the program itself, asked to be a guard", [PROGRAM, GUARD]],
];

test.each(WAYS)("%s kills a process once its parent is gone", async (_, args) => {
  const guarded = spawn("sleep", ["600"]);
  const guarding = spawn(process.execPath, [...args, String(guarded.pid)], { env: {} });
  guarding.stdin.end();
  expect(await once(guarded, "exit")).toEqual([null, "SIGKILL"]);
  if (guarding.exitCode === null) await once(guarding, "exit");
});

test.each(WAYS)("%s leaves a process alone once all is over", async (_, args) => {
  const guarded = spawn("sleep", ["600"]);
  const guarding = spawn(process.execPath, [...args, String(guarded.pid)], { env: {} });
  guarding.stdin.end("\n");
  expect(await once(guarding, "exit")).toEqual([0, null]);
  guarded.kill();
  expect(await once(guarded, "exit")).toEqual([null, "SIGTERM"]);
});
