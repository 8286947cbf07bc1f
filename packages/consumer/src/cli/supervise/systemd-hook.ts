import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import type { Command } from "commander";
import { evidenceFromSystemd } from "../../adapters/systemd.ts";
import { classify } from "../../classify.ts";
import { ConsumerError } from "../../consumer-error.ts";
import { type LogOptions, readLastRun } from "../../log/find-plan-lines.ts";
import { journalMessages } from "../../log/line-records.ts";
import { printable } from "../../printable.ts";
import type { CrashCause } from "../../verdict.ts";
import { KEPT, Tail } from "../input/tail.ts";
import { inTime } from "../input/timed-read.ts";
import { unreadable } from "../input/unreadable.ts";
import type { Io } from "../output/io.ts";
import { toJsonLine } from "../output/json.ts";
import { oneLine } from "../output/render.ts";
import { onOption, parseReactions, react } from "./reactions.ts";

interface HookFlags {
  readonly on?: string[];
  readonly log?: string;
  readonly journal?: boolean;
  readonly json?: boolean;
}

/** `upgrade-halt systemd-hook` */
export function addSystemdHook(program: Command, io: Io): void {
  program
    .command("systemd-hook")
    .summary("judge how a service ended, from ExecStopPost=")
    .description(
      "Says how a systemd service ended, from the environment that systemd gives ExecStopPost= (SERVICE_RESULT, EXIT_CODE, EXIT_STATUS).",
    )
    .option("--journal", "look for the halt line in the journal of this invocation")
    .option("--log <file>", "look for the halt line in this file")
    .option("--json", "print one line of JSON")
    .addOption(onOption())
    .addHelpText(
      "after",
      "\nExamples:\n  $ SERVICE_RESULT=exit-code EXIT_CODE=exited EXIT_STATUS=70 upgrade-halt systemd-hook\n  ExecStopPost=/usr/bin/upgrade-halt systemd-hook --journal\n  ExecStopPost=/usr/bin/upgrade-halt systemd-hook --log /var/lib/sei/seid.log --on downgrade_detected 'page-me'",
    )
    .action((flags: HookFlags) => hook(flags, io));
}

async function hook({ on, log, journal, json }: HookFlags, io: Io): Promise<void> {
  const { SERVICE_RESULT, EXIT_CODE, EXIT_STATUS } = io.env;
  if (SERVICE_RESULT === undefined) {
    throw new ConsumerError(
      "usage",
      "SERVICE_RESULT is not set: systemd sets it for ExecStopPost= commands.",
    );
  }
  const reactions = parseReactions(on);
  const environment = { SERVICE_RESULT, EXIT_CODE, EXIT_STATUS };
  const startedAt = log === undefined ? undefined : await beginOf(io);
  // The journal is read as the bare messages. A file may be of anything that writes down the lines of a node.
  const options = { isUnwrapped: log === undefined, startedAt };
  const judge = (tail: string) => classify(evidenceFromSystemd(environment, tail, options));
  const isEnough = (tail: string) => {
    const verdict = judge(tail);
    if (verdict.kind === "crashed" && isOwnEnd(verdict.cause)) return saysHowItEnded(tail, options);
    return verdict.kind !== "halted" || verdict.corroborated;
  };
  const tail =
    log !== undefined
      ? await readLog(log, options, io)
      : journal === true
        ? await readJournal(io, isEnough)
        : "";
  const verdict = judge(tail);
  io.stdout.write(json === true ? toJsonLine({ verdict }) : `${oneLine(verdict)}\n`);
  await react(reactions, verdict, io);
}

/** By a panic or by an error of its own: either may be a halt that the node announced in its last words alone. */
function isOwnEnd(cause: CrashCause): boolean {
  return "code" in cause && (cause.code === 1 || cause.code === 2);
}

/** Whether the last words of the process are there. */
function saysHowItEnded(tail: string, options: LogOptions): boolean {
  const { planLines, endsOtherwise } = readLastRun(tail, options);
  return endsOtherwise || planLines.some(({ ending }) => ending === true);
}

/** When the run began; where systemd does not tell, what is in a log may be of the run before, and nothing in it counts. */
async function beginOf({ env }: Io): Promise<number | undefined> {
  const id = env.INVOCATION_ID;
  if (id === undefined) return undefined;
  const { beginOfRun, unitFolders } = await import("./begin-of-run.ts");
  const begin = await inTime(beginOfRun(id, unitFolders(env))).catch(() => undefined);
  return begin ?? Number.POSITIVE_INFINITY;
}

/** The end of the log, or nothing and a sentence about it where it can't be read: what a halt asks for is done without it. */
async function readLog(path: string, options: LogOptions, { stderr }: Io): Promise<string> {
  const { readLogTail } = await import("../input/log-tail.ts");
  const say = (problem: string) => stderr.write(`upgrade-halt: ${problem}.\n`);
  const without = (problem: string) => say(`${problem}, so it is judged without it`);
  try {
    const text = await inTime(readLogTail(path, options));
    if (options.startedAt === Number.POSITIVE_INFINITY)
      say(
        `systemd does not tell when this run began: the log ${printable(path)} may be of one before, and is left out`,
      );
    else if (text === "" && options.startedAt !== undefined)
      without(`nothing was written to the log ${printable(path)} in this run`);
    return text;
  } catch (error) {
    without(unreadable("the log", path, error));
    return "";
  }
}

/**
 * The last lines that this invocation of the service wrote, or nothing and a sentence about it where no journal can be read.
 * What the service wrote last may still be on its way into the journal, and root alone may wait for that (`--sync`): anybody
 * else looks again for a second, as long as it is not enough.
 */
async function readJournal({ env, stderr }: Io, isEnough: (tail: string) => boolean): Promise<string> {
  const id = env.INVOCATION_ID;
  const warn = (problem: string) =>
    stderr.write(`upgrade-halt: the journal cannot be read (${problem}), so it is judged without it.\n`);
  if (id === undefined || !/^[0-9a-f]{32}$/.test(id)) {
    warn("INVOCATION_ID is not set");
    return "";
  }
  const synced = await journalctl(["--sync"]);
  const asked = [`_SYSTEMD_INVOCATION_ID=${id}`, `--lines=${JOURNAL_LINES}`, "--no-pager", ...AS_ENTRIES];
  let read = await readEntries(asked);
  for (let looks = 0; looks < LOOKS_AGAIN; looks += 1) {
    if (synced.problem === undefined || read.problem !== undefined || isEnough(read.text)) break;
    await setTimeout(LOOK_AGAIN_MS);
    read = await readEntries(asked);
  }
  if (read.problem !== undefined) warn(read.problem);
  else if (read.text === "")
    stderr.write(
      "upgrade-halt: the journal has no line of this run, so it is judged without it: see StandardOutput= of the unit, or give --log FILE.\n",
    );
  return read.text;
}

const LOOKS_AGAIN = 4;
const LOOK_AGAIN_MS = 250;

/** As far back as the end of a log file is read, where lines have 6 bytes and more: a Go panic has hundreds of them. */
const JOURNAL_LINES = 10_000;

/**
 * What tells a message from the rest of one that was too long for the journal. Without `--all` a message of more than 4096 bytes
 * would be left out (journalctl(1), systemd 252).
 */
const AS_ENTRIES = ["--output=json", "--all", "--output-fields=MESSAGE,_STREAM_ID,_LINE_BREAK"];
/** Around each message the journal says some 300 bytes of its own, and of one with colours it says each byte as a number. */
const ENTRIES_KEPT = 32 * KEPT;

async function readEntries(asked: readonly string[]): Promise<JournalRead> {
  const read = await journalctl(asked, ENTRIES_KEPT);
  return { ...read, text: journalMessages(read.text) };
}

/** What waits for a journal that is being written down may take longer than a file, in ms. */
const JOURNAL_MS = 10_000;

interface JournalRead {
  readonly text: string;
  readonly problem?: string;
}

async function journalctl(args: readonly string[], atLeast = KEPT): Promise<JournalRead> {
  const { spawn } = process.getBuiltinModule("node:child_process");
  const child = spawn("journalctl", args, { stdio: ["ignore", "pipe", "pipe"] });
  const [tail, said] = [new Tail(atLeast), new Tail()];
  child.stdout.on("data", (chunk: Buffer) => tail.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  try {
    const [code] = await inTime(once(child, "close"), JOURNAL_MS);
    const words = printable(said.text().trim(), 200);
    const isRefused = /permission|not seeing messages/i.test(words);
    if (code === 0 && !(tail.text() === "" && isRefused)) return { text: tail.text() };
    const advice = isRefused ? "; give the unit SupplementaryGroups=systemd-journal" : "";
    return { text: tail.text(), problem: `journalctl ended with ${code}: ${words}${advice}` };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    child.kill("SIGKILL");
    const failed = child.pid === undefined ? "cannot be started" : "does not end";
    return { text: "", problem: `journalctl ${failed}, ${printable(code)}` };
  }
}
