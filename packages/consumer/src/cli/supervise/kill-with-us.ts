import { type ChildProcess, spawn } from "node:child_process";
import { isSea } from "node:sea";
import { GUARD, guard } from "./guard-process.ts";
import type { RunMark } from "./run-mark.ts";

/**
 * What the guard runs: it waits at a pipe that its parent holds. A line says that all is over; the pipe's end without one
 * says that the parent is gone, and then the command, everything below it and everything of its run are stopped from the top and killed.
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
read -r over && exit
end "$1"
if [ -z "$2" ]; then exit; fi
for file in $(grep -lsF -e "$2" /proc/[0-9]*/environ); do
  pid="\${file#/proc/}"
  end "\${pid%/environ}"
done`;

/** Ends with `release`, once the command has ended by itself, or `kill`s it and what it started. */
export interface Guard {
  readonly release: () => void;
  readonly kill: () => void;
}

/**
 * Sees to it that a command never outlives this process, whatever ends it, SIGKILL included: on Linux with all that it
 * started and did not detach, and with what is marked as of its run; elsewhere alone.
 */
export function killWithUs(
  { pid }: Pick<ChildProcess, "pid">,
  { mark }: Pick<RunMark, "mark"> = { mark: "" },
): Guard {
  if (pid === undefined) return { release: () => {}, kill: () => {} };
  const whom = [String(pid), mark];
  let guarding = start("/bin/sh", ["-c", IN_SHELL, "upgrade-halt-guard", ...whom]);
  let isOver = false;
  guarding.once("error", () => {
    if (isOver) return;
    guarding = start(process.execPath, [...withoutShell(), ...whom]);
    guarding.once("error", () => {});
  });
  return {
    release: () => {
      isOver = true;
      guarding.stdin?.end("\n");
    },
    kill: () => guarding.stdin?.end(),
  };
}

/** The same where there is no shell. A single executable runs its own script alone. */
function withoutShell(): readonly string[] {
  return isSea() ? [GUARD] : ["-e", `(${guard})(Number(process.argv[1]), process.argv[2])`];
}

function start(file: string, args: readonly string[]): ChildProcess {
  // A session of its own: what ends a terminal's or a supervisor's group does not end the guard with it.
  const child = spawn(file, args, { detached: true, env: {}, stdio: ["pipe", "ignore", "ignore"] });
  child.stdin?.on("error", () => {});
  child.unref();
  return child;
}
