import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { LeftBehind } from "./left-behind.ts";
import { RunMark } from "./run-mark.ts";

const onLinux = test.skipIf(process.platform !== "linux");

/** A shell that runs `$TOP`, where each variable is a script, and the first lines that are said below it: numbers of processes. */
async function shell(scripts: Record<string, string>, processes: number) {
  const env = { PATH: process.env.PATH, ...scripts };
  const child = spawn("sh", ["-c", scripts.TOP ?? ""], { env, stdio: ["ignore", "pipe", "ignore"] });
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout }).on("line", (line) => said.push(line));
  onTestFinished(() => {
    child.kill("SIGKILL");
    for (const pid of said.slice(0, processes)) if (isAlive(pid)) process.kill(Number(pid), "SIGKILL");
  });
  while (said.length < processes) await once(lines, "line");
  return { child, said, closed: once(lines, "close") };
}

/** False also for what has ended and was not waited for. */
function isAlive(pid: string): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess, signal: NodeJS.Signals, graceMs = 60_000): Promise<LeftBehind> {
  const left = new LeftBehind(child, new RunMark(), { graceMs });
  left.noteBefore(signal);
  child.kill(signal);
  await once(child, "exit");
  return left;
}

onLinux("what ignores SIGTERM is killed after a grace, with what it started", async () => {
  const scripts = {
    TOP: `sh -c "$DEAF"; exit`,
    DEAF: `trap "" TERM; sh -c "$BELOW" & echo $$; wait; exit`,
    BELOW: "echo $$; while :; do sleep 0.1; done",
  };
  const { child, said } = await shell(scripts, 2);
  const left = await stop(child, "SIGTERM", 500);
  expect(said.map(isAlive)).toEqual([true, true]);
  expect(await left.end("SIGTERM")).toBe(true);
  expect(said.map(isAlive)).toEqual([false, false]);
});

onLinux("what still has a supervisor of its own is told to end by that one alone", async () => {
  const scripts = {
    TOP: `sh -c "$WRAPPER"; exit`,
    WRAPPER: `trap 'sleep 0.2; kill -USR1 $!; wait $!; exit' TERM; sh -c "$NODE" & echo $$; wait`,
    NODE: `trap 'echo told' TERM; trap 'echo asked; exit' USR1; echo $$; while :; do sleep 0.1; done`,
  };
  const { child, said, closed } = await shell(scripts, 2);
  const left = await stop(child, "SIGTERM");
  expect(await left.end("SIGTERM")).toBe(true);
  await closed;
  expect(said.slice(2)).toEqual(["asked"]);
});

onLinux("what a command left that another signal ended than was passed on stays", async () => {
  const { child, said } = await shell({ TOP: "sleep 600 & echo $!; wait; exit" }, 1);
  const left = await stop(child, "SIGUSR1");
  expect(await left.end("SIGUSR2")).toBe(true);
  expect(said.map(isAlive)).toEqual([true]);
});
