import { basename } from "node:path";
import { LEAVE, leave } from "./cli/leave.ts";
import { run, runCompletion } from "./cli/run.ts";
import { GUARD, guard } from "./cli/supervise/guard-process.ts";

const args = process.argv.slice(2);
/** The streams that were written to. Each is opened once it is asked for: that takes Node longer than to judge a halt. */
const opened = new Map<"stdout" | "stderr", NodeJS.WriteStream>();
if (args[0] === GUARD) guard(Number(args[1]), args[2]);
else if (args[0] === LEAVE) process.exit(Number(args[1]));
else start();

function start(): void {
  // Without a top-level await, which the script of a single executable may not have.
  void program()(args, {
    env: process.env,
    get stdout() {
      return written("stdout");
    },
    get stderr() {
      return written("stderr");
    },
    get stdin() {
      return process.stdin;
    },
    now: Date.now,
    onSignal: (signals, handle) => {
      for (const signal of signals) process.on(signal, handle);
      return () => {
        for (const signal of signals) process.off(signal, handle);
      };
    },
  }).then(async (code) => {
    process.exitCode = code;
    // What supervises has to end, and a pager has not to hurry.
    if (args[0] === "exec" || args[0] === "systemd-hook") await leave(code, [...opened.values()]);
  });
}

/** A stream that is opened, and whose failures end nothing. */
function written(name: "stdout" | "stderr"): NodeJS.WriteStream {
  const known = opened.get(name);
  if (known !== undefined) return known;
  const stream: NodeJS.WriteStream = process[name];
  opened.set(name, stream);
  let isTold = false;
  return stream.on("error", ({ code }: NodeJS.ErrnoException) => {
    // A reader that has seen enough, such as `head`, closes the pipe: what is written after that is lost, and no failure.
    if (code === "EPIPE") return;
    if (isTold) return;
    isTold = true;
    if (name === "stdout")
      written("stderr").write(`upgrade-halt: standard output cannot be written (${code}).\n`);
    // `exec` has its command's exit code, come what may.
    if (args[0] === "exec") return;
    process.once("exit", () => {
      if (process.exitCode === 0) process.exitCode = 1;
    });
  });
}

/**
 * The program that is asked for. kubectl starts its plugins by their names: that of a link to the one file, or of a script beside
 * the others.
 */
function program(): typeof run {
  const names = [process.argv0, process.argv[1] ?? ""].map((path) => basename(path, ".js"));
  if (names.includes("kubectl-upgrade_halt")) return (words, io) => run(words, io, "kubectl upgrade-halt");
  return names.includes("kubectl_complete-upgrade_halt") ? runCompletion : run;
}
