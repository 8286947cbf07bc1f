import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import type { Command } from "commander";
import { evidenceFromChildExit } from "../adapters/child-process.ts";
import { classify } from "../classify.ts";
import { ConsumerError } from "../consumer-error.ts";
import { printable } from "../printable.ts";
import { Hold } from "./hold.ts";
import type { Io } from "./io.ts";
import { outputPipe, releaseInto } from "./output-pipe.ts";
import { killWithUs } from "./parent-death.ts";
import { onOption, parseReactions, react } from "./reactions.ts";
import { headline } from "./render.ts";
import { FORWARDED, OF_TERMINAL } from "./signals.ts";
import { Tail } from "./tail.ts";
import { endingSignal } from "./wait-status.ts";

/** `upgrade-halt exec -- COMMAND`. Its exit code is the command's, given to `exitWith`. */
export function addExec(program: Command, io: Io, exitWith: (code: number) => void): void {
  program
    .command("exec")
    .summary("run a node as its supervisor, and say why it ended")
    .description(
      "Runs a command as an entry point does: passes signals and output through, says on standard error why it ended, and exits with its exit code (128+n for signal n, 127 where there is no such command, 126 where it cannot be started). Whatever ends it, SIGKILL included, ends the command too: on Linux with all that the command started and did not detach. It reaps no orphans: as the first process of a container it wants an init before it (docker run --init, shareProcessNamespace in a pod).",
    )
    .addOption(onOption())
    .option(
      "--hold",
      "after a halt, wait to be stopped before exiting, where a supervisor would restart any exit",
    )
    .argument("<command...>", "the command and its arguments, after --")
    .addHelpText(
      "after",
      `
Examples:
  $ upgrade-halt exec -- seid start
  $ upgrade-halt exec --on upgrade_required 'touch /run/upgrade-wanted' -- seid start`,
    )
    .action(async (command: string[], flags: ExecFlags) => exitWith(await supervise(command, flags, io)));
}

interface ExecFlags {
  readonly on?: string[];
  readonly hold?: boolean;
}

/** How long after a command's end the rest of its output is waited for, in ms. */
const OUTPUT_GRACE_MS = 1_000;

async function supervise([file = "", ...args]: string[], { on, hold }: ExecFlags, io: Io): Promise<number> {
  const reactions = parseReactions(on);
  if (file === "") throw new ConsumerError("usage", "The command to run is an empty word.");
  const startedAt = io.now();
  const { child, outputs } = start(file, args, io);
  const held = new Hold();
  const forget = io.onSignal(FORWARDED, (signal) => {
    held.heard(signal);
    if (io.stdin.isTTY !== true || !OF_TERMINAL.has(signal)) child.kill(signal);
  });
  const tail = passThrough(outputs, io);
  const unguard = killWithUs(child);
  try {
    const { code, signal } = await endOf(child, file, outputs);
    unguard();
    const logTail = tail.text();
    const verdict = classify(evidenceFromChildExit({ code, signal, startedAt, endedAt: io.now(), logTail }));
    io.stderr.write(`upgrade-halt: ${headline(verdict)}. ${verdict.why}\n`);
    await react(reactions, verdict, io);
    if (hold === true && (verdict.kind === "halted" || verdict.kind === "unrecognised-halt")) {
      await held.untilStopped();
    }
    return code ?? 128 + signalNumber(signal);
  } finally {
    unguard();
    forget();
    for (const output of outputs) output?.destroy();
  }
}

/** Standard output and standard error of a command, none where they are not there to be read. */
type Outputs = readonly [Readable | null, Readable | null];

function start(file: string, args: string[], { env }: Io): { child: ChildProcess; outputs: Outputs } {
  const pipes = [outputPipe(), outputPipe()] as const;
  const [out, err] = pipes;
  const child = spawn(file, args, { env, stdio: ["inherit", out?.into ?? "pipe", err?.into ?? "pipe"] });
  for (const pipe of pipes) releaseInto(pipe);
  return { child, outputs: [out?.from ?? child.stdout, err?.from ?? child.stderr] };
}

function passThrough([stdout, stderr]: Outputs, io: Io): Tail {
  const tail = new Tail();
  for (const [from, to] of [
    [stdout, io.stdout],
    [stderr, io.stderr],
  ] as const) {
    from?.on("data", (chunk: Buffer) => tail.push(chunk)).pipe(to, { end: false });
    // Where nobody reads on, the command is told as it would be without us: by a broken pipe.
    to.once("error", () => from?.destroy());
  }
  return tail;
}

interface End {
  readonly code: number | null;
  /** A real-time signal, which has no name of its own, is `signal 34` and so on. */
  readonly signal: NodeJS.Signals | `signal ${number}` | null;
}

function signalNumber(signal: End["signal"]): number {
  if (signal === null) return 0;
  return isNamed(signal) ? constants.signals[signal] : Number(signal.slice("signal ".length));
}

function isNamed(signal: string): signal is NodeJS.Signals {
  return Object.hasOwn(constants.signals, signal);
}

function endOf(child: ChildProcess, file: string, outputs: Outputs): Promise<End> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => reject(notStarted(file, cause)));
    let unnamed: number | undefined;
    let open = outputs.length;
    for (const output of outputs) {
      output?.once("end", () => {
        open -= 1;
        if (open === 0) unnamed = endingSignal(child.pid);
      });
    }
    child.once("exit", (exitCode, named) => {
      const isUnnamed = exitCode === 0 && unnamed !== undefined;
      const code = isUnnamed ? null : exitCode;
      const signal = isUnnamed ? (`signal ${unnamed ?? 0}` as const) : named;
      // What the command left running may hold its output open for ever.
      const late = setTimeout(() => resolve({ code, signal }), OUTPUT_GRACE_MS);
      const read = outputs.map(async (output) => output && (await finished(output).catch(() => {})));
      void Promise.all(read).then(() => {
        clearTimeout(late);
        resolve({ code, signal });
      });
    });
  });
}

function notStarted(file: string, cause: Error): ConsumerError {
  const isMissing = "code" in cause && cause.code === "ENOENT";
  return isMissing
    ? new ConsumerError("not-found", `${printable(file)} cannot be started: there is no such command.`, {
        cause,
      })
    : new ConsumerError("not-startable", `${printable(file)} cannot be started: is it executable?`, {
        cause,
      });
}
