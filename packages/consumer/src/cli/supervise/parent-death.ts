import { type ChildProcess, spawn } from "node:child_process";

/**
 * What the guard runs: it waits at a pipe that its parent holds. A line says that all is over; the pipe's end without one
 * says that the parent is gone, and then the command and everything below it are stopped from the top and killed.
 */
const IN_SHELL = `
trap '' TERM INT HUP QUIT USR1 USR2
end() {
  kill -STOP "$1" || return
  for list in /proc/"$1"/task/*/children; do
    children=
    read -r children < "$list"
    for child in $children; do end "$child"; done
  done
  kill -KILL "$1"
}
read -r over || end "$1"`;

/** The same where there is no shell. */
const IN_NODE = `
const { readdirSync, readFileSync } = require("node:fs");
for (const name of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR2"]) process.on(name, () => {});
function end(pid) {
  try { process.kill(pid, "SIGSTOP"); } catch { return; }
  try {
    for (const task of readdirSync("/proc/" + pid + "/task"))
      for (const child of readFileSync("/proc/" + pid + "/task/" + task + "/children", "utf8").match(/\\d+/g) ?? []) end(Number(child));
  } catch {}
  try { process.kill(pid, "SIGKILL"); } catch {}
}
process.stdin.once("data", () => process.exit()).once("end", () => end(Number(process.argv[1])));`;

/** Ends with `release`, once the command has ended by itself, or `kill`s it and what it started. */
export interface Guard {
  readonly release: () => void;
  readonly kill: () => void;
}

/**
 * Sees to it that a command never outlives this process, whatever ends it, SIGKILL included: on Linux with all that it
 * started and did not detach, elsewhere alone.
 */
export function killWithUs({ pid }: ChildProcess): Guard {
  if (pid === undefined) return { release: () => {}, kill: () => {} };
  let guard = start("/bin/sh", ["-c", IN_SHELL, "upgrade-halt-guard", String(pid)]);
  let isOver = false;
  guard.once("error", () => {
    if (isOver) return;
    guard = start(process.execPath, ["-e", IN_NODE, String(pid)]);
    guard.once("error", () => {});
  });
  return {
    release: () => {
      isOver = true;
      guard.stdin?.end("\n");
    },
    kill: () => guard.stdin?.end(),
  };
}

function start(file: string, args: readonly string[]): ChildProcess {
  // A session of its own: what ends a terminal's or a supervisor's group does not end the guard with it.
  const guard = spawn(file, args, { detached: true, env: {}, stdio: ["pipe", "ignore", "ignore"] });
  guard.stdin?.on("error", () => {});
  guard.unref();
  return guard;
}
