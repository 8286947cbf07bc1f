import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import type { Command } from "commander";
import { evidenceFromChildExit } from "../../adapters/child-process.ts";
import { classify } from "../../classify.ts";
import { ConsumerError } from "../../consumer-error.ts";
import { findOwnLines } from "../../log/find-plan-lines.ts";
import { writeHaltText } from "../../log/halt-text.ts";
import type { HaltedVerdict, Verdict } from "../../verdict.ts";
import { type AnnounceFlags, type Announcer, type CommandEnd, prepare } from "../announce/announcer.ts";
import { parseMillis } from "../input/millis.ts";
import { type MarkedStreams, markStreams, STREAM_MARKS } from "../input/stream-mark.ts";
import { Tail } from "../input/tail.ts";
import type { Io } from "../output/io.ts";
import { toJsonLine } from "../output/json.ts";
import { oneLine } from "../output/render.ts";
import { type CommandOutput, type End, endOf } from "./await-end.ts";
import { END_GRACE_MS, endInOrder } from "./end-in-order.ts";
import { forwardOutput } from "./forward-output.ts";
import { placeOf } from "./halted-place.ts";
import { Hold } from "./hold.ts";
import { killWithUs } from "./kill-with-us.ts";
import { LeftBehind } from "./left-behind.ts";
import { outputPipe, releaseInto } from "./output-pipe.ts";
import { onOption, parseReactions, react } from "./reactions.ts";
import { RunMark } from "./run-mark.ts";
import { FORWARDED } from "./signals.ts";
import { WholeLines } from "./whole-lines.ts";
import { isTyped, Witness } from "./witness.ts";

/** `upgrade-halt exec -- COMMAND`. Its exit code is the command's, given to `exitWith`. */
export function addExec(program: Command, io: Io, exitWith: (code: number) => void): void {
  program
    .command("exec")
    .summary("run a node as its supervisor, and say why it ended")
    .description(
      "Runs a command as an entry point does: passes signals and output through, says on standard error why it ended, and exits with its exit code (128+n for signal n, 127 where there is no such command, 126 where it cannot be started). Whatever ends it, SIGKILL included, ends the command too: on Linux with all that can be known as started by it. It reaps no orphans: as the first process of a container it wants an init before it (docker run --init, shareProcessNamespace in a pod). A SIGHUP that nohup made it ignore it cannot see, and passes on: instead of nohup start it with setsid, or by a supervisor.",
    )
    .addOption(onOption())
    .option("--json", "say why it ended as one line of JSON, on standard error")
    .option(
      "--hold",
      "after a halt, wait to be stopped before exiting, where a supervisor would restart any exit; in a Kubernetes pod it serves the halt as --stay-alive does",
    )
    .option(
      "--announce",
      "announce for a node that does not itself that it halted: exit with 70, 71 or 72 where its log, its end, its height and the policy say so together",
    )
    .option("--home <dir>", "with --announce: the node's home, for data/upgrade-info.json")
    .option("--rpc <url>", "the node's own RPC address (default http://127.0.0.1:26657)")
    .option("--policy <file>", "with --announce: the chain and the upgrades with their heights, as JSON")
    .option(
      "--standstill <ms>",
      "with --announce: how long the height of a node that lives on must not have moved (default 30000)",
      parseMillis,
    )
    .option(
      "--stay-alive",
      "with --announce: after a halt that was announced, serve the node's last /status with halt_intent where the node served it, until told to stop",
    )
    .argument("<command...>", "the command and its arguments, after --")
    .addHelpText(
      "after",
      `
Examples:
  $ upgrade-halt exec -- seid start
  $ upgrade-halt exec --on upgrade_required 'tell-the-operator "$UPGRADE_HALT_WHY"' -- seid start
  $ upgrade-halt exec --announce --home /var/lib/simd --policy policy.json -- simd start`,
    )
    .action(async (command: string[], flags: ExecFlags) => exitWith(await supervise(command, flags, io)));
}

interface ExecFlags extends AnnounceFlags {
  readonly on?: string[];
  readonly json?: boolean;
  readonly hold?: boolean;
}

async function supervise([file = "", ...args]: string[], flags: ExecFlags, io: Io): Promise<number> {
  const reactions = parseReactions(flags.on);
  if (file === "") throw new ConsumerError("usage", "The command to run is an empty word.");
  const announcer = await prepare(flags, io);
  const place = placeOf(flags, announcer, io);
  const startedAt = io.now();
  const seen = announcer ?? new Tail();
  const { see, hold } = markStreams((bytes) => seen.push(bytes));
  const lines = [new WholeLines((bytes) => see(bytes, 0)), new WholeLines((bytes) => see(bytes, 1))] as const;
  const run = new RunMark();
  const { child, outputs, drop } = start(
    file,
    args,
    { ...io, env: run.environment(io.env) },
    { lines, hold },
  );
  const witness = io.stdin.isTTY === true ? new Witness() : undefined;
  const held = new Hold();
  const left = new LeftBehind(child, run, { graceMs: END_GRACE_MS });
  const pass = (signal: NodeJS.Signals) => child.kill(signal) || left.pass(signal);
  const forget = io.onSignal(FORWARDED, (signal) => {
    held.heard(signal);
    left.noteBefore(signal);
    if (witness === undefined || !isTyped(signal)) pass(signal);
    else void witness.saw(signal).then((isSent) => isSent || pass(signal));
  });
  const guard = killWithUs(child, run);
  let zombie: HaltedVerdict | undefined;
  announcer?.start(startedAt, (verdict) => {
    zombie = verdict;
    io.stderr.write(`upgrade-halt: it lives on after its halt, and is ended. ${verdict.why}\n`);
    left.noteBefore("SIGTERM");
    endInOrder(child, guard);
  });
  try {
    const ended = await endOf(child, file, { outputs, drop }, { stderr: io.stderr, left });
    const end = { ...ended, startedAt, endedAt: io.now() };
    guard.release();
    if (end.isLeftRunning)
      io.stderr.write("upgrade-halt: something that the command started lives on, and could not be ended.\n");
    else if (end.isOutputOpen)
      io.stderr.write(
        "upgrade-halt: something that the command started still holds its output, and may run on.\n",
      );
    else if (end.livesOn !== "")
      io.stderr.write(`upgrade-halt: something that the command started lives on: ${end.livesOn}.\n`);
    for (const each of lines) each.flush();
    const { verdict, announced } = await judged(end, { announcer, zombie, logTail: seen.text() });
    const halt = announced && verdict.kind === "halted" ? verdict : undefined;
    const exitCode = halt?.reason ?? end.code ?? 128 + signalNumber(end.signal);
    if (halt !== undefined) sayAgain(halt, io);
    if (flags.json === true) io.stderr.write(toJsonLine({ verdict, announced, exitCode }));
    else {
      io.stderr.write(`upgrade-halt: ${oneLine(verdict)}\n`);
      if (announced) io.stderr.write(`upgrade-halt: announced for the node, with exit code ${exitCode}.\n`);
    }
    await react(reactions, verdict, io);
    await place?.keep(verdict, announced, held);
    return exitCode;
  } finally {
    announcer?.end();
    witness?.end();
    guard.release();
    forget();
    for (const output of outputs) output?.destroy();
  }
}

/**
 * The trace of a panic, or whatever a node wrote after its halt, hides its halt line from who reads the end of a log alone. As a
 * record of a log it is of no message that is still open before it.
 */
function sayAgain({ reason, plan, height }: HaltedVerdict, io: Io): void {
  const text = plan === undefined ? undefined : writeHaltText({ reason, plan, height });
  if (text !== undefined) io.stderr.write(`${new Date(io.now()).toISOString()} ERR ${text}\n`);
}

interface Known {
  readonly announcer: Announcer | undefined;
  readonly zombie: HaltedVerdict | undefined;
  readonly logTail: string;
}

async function judged(
  end: End & CommandEnd,
  { announcer, zombie, logTail }: Known,
): Promise<{ readonly verdict: Verdict; readonly announced: boolean }> {
  const { process } = evidenceFromChildExit(end);
  const planLines = findOwnLines(logTail, STREAM_MARKS);
  const plain = classify(process?.kind === "ended" ? { process: { ...process, planLines } } : {});
  if (announcer === undefined) return { verdict: plain, announced: false };
  // What ends with a code of its own announced its halt itself.
  if (plain.kind === "unrecognised-halt" || (plain.kind === "halted" && plain.inferred !== true))
    return { verdict: plain, announced: false };
  return await announcer.judgeEnd(end, zombie);
}

interface Started extends CommandOutput {
  readonly child: ChildProcess;
}

/** Who is shown the two outputs. */
interface Shown extends Pick<MarkedStreams, "hold"> {
  readonly lines: readonly [WholeLines, WholeLines];
}

function start(file: string, args: string[], io: Io, { lines, hold }: Shown): Started {
  const [ofOut, ofErr] = lines;
  const ways = [
    forwardOutput(
      io.stdout,
      (bytes) => ofOut.push(bytes),
      (isHeld) => hold(isHeld, 0),
    ),
    forwardOutput(
      io.stderr,
      (bytes) => ofErr.push(bytes),
      (isHeld) => hold(isHeld, 1),
    ),
  ] as const;
  const pipes = [outputPipe(ways[0].take), outputPipe(ways[1].take)] as const;
  const [out, err] = pipes;
  const stdio = ["inherit", out?.into ?? "pipe", err?.into ?? "pipe"] as const;
  const child = spawn(file, args, { env: io.env, stdio: [...stdio] });
  for (const pipe of pipes) releaseInto(pipe);
  const outputs = [out?.from ?? child.stdout, err?.from ?? child.stderr] as const;
  for (const [i, from] of outputs.entries()) {
    if (from === null) continue;
    ways[i]?.readFrom(from);
    if (pipes[i] === undefined) from.on("data", (bytes: Buffer) => ways[i]?.take(bytes) || from.pause());
  }
  return { child, outputs, drop: () => ways.map((way) => way.drop()).includes(true) };
}

function signalNumber(signal: End["signal"]): number {
  if (signal === null) return 0;
  return isNamed(signal) ? constants.signals[signal] : Number(signal.slice("signal ".length));
}

function isNamed(signal: string): signal is NodeJS.Signals {
  return Object.hasOwn(constants.signals, signal);
}
