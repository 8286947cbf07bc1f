import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { reasonToken } from "@upgrade-halt/contract";
import { Option } from "commander";
import { ConsumerError } from "../../consumer-error.ts";
import { HALT_REASONS } from "../../halt-reasons.ts";
import { printable } from "../../printable.ts";
import type { Verdict } from "../../verdict.ts";
import type { Io } from "../output/io.ts";
import { FORWARDED } from "./signals.ts";

/** What a reaction can be for: a reason's token, or another kind of end. */
export const EVENTS: readonly string[] = [
  ...HALT_REASONS.map(reasonToken),
  "unrecognised-halt",
  "crashed",
  "stopped",
];

/** What runs a reaction. */
const SHELL = "/bin/sh";

/** How long a reaction may take, and how long it has to end in order after that, in ms. */
interface Limits {
  readonly mostMs: number;
  readonly graceMs: number;
}

const LIMITS: Limits = { mostMs: 10_000, graceMs: 1_000 };

export interface Reaction {
  readonly event: string;
  readonly command: string;
}

/** `--on EVENT COMMAND`, as often as wanted. */
export function onOption(): Option {
  return new Option(
    "--on <event command...>",
    `run a shell command after an end of this kind (${EVENTS.join(", ")}), with UPGRADE_HALT_EVENT, _WHY, _PLAN, _HEIGHT and _CORROBORATED in its environment; it is ended after ${LIMITS.mostMs / 1000} seconds; may be given again`,
  );
}

/** Pairs what `--on` collected, or throws a usage error. */
export function parseReactions(words: readonly string[] = []): Reaction[] {
  const reactions: Reaction[] = [];
  for (let i = 0; i < words.length; i += 2) {
    const [event = "", command] = words.slice(i, i + 2);
    if (!EVENTS.includes(event)) {
      throw new ConsumerError(
        "usage",
        `--on knows no "${printable(event)}": give one of ${EVENTS.join(", ")}.`,
      );
    }
    if (command === undefined)
      throw new ConsumerError("usage", `--on ${event} has no command: quote it as one word.`);
    reactions.push({ event, command });
  }
  return reactions;
}

/**
 * Runs the commands for a verdict, one after the other, by `sh -c`. The verdict goes along in `UPGRADE_HALT_*`
 * variables, printable and never as part of a command. A command that fails, or does not end, is named on standard error and
 * holds nothing up: nobody learns of a halt whose exit code never comes.
 */
export async function react(
  reactions: readonly Reaction[],
  verdict: Verdict,
  io: Io,
  limits: Limits = LIMITS,
): Promise<void> {
  const event = verdict.kind === "halted" ? reasonToken(verdict.reason) : verdict.kind;
  for (const { command } of reactions.filter((reaction) => reaction.event === event)) {
    const { spawn } = process.getBuiltinModule("node:child_process");
    const { killWithUs } = await import("./kill-with-us.ts");
    // A group of its own: it ends with all that it started.
    const child = spawn(SHELL, ["-c", command], {
      env: { ...io.env, ...variablesOf(verdict, event) },
      stdio: ["ignore", "inherit", "inherit"],
      detached: true,
    });
    const guard = killWithUs(child);
    // A signal to us is for it: what supervises us wants to see the end of all that we started.
    const forget = io.onSignal(FORWARDED, (signal) => signalGroup(child, signal));
    try {
      const said = await endOf(child, limits);
      if (said !== undefined) io.stderr.write(`upgrade-halt: the command for ${event} ${said}.\n`);
    } catch (error) {
      io.stderr.write(
        `upgrade-halt: the command for ${event} was not run: ${SHELL} cannot be started (${printable(String(error))}).\n`,
      );
    } finally {
      guard.release();
      forget();
    }
  }
}

/** How a command ended, where that is not as it should. */
async function endOf(child: ChildProcess, { mostMs, graceMs }: Limits): Promise<string | undefined> {
  const inTime = new AbortController();
  const ended = once(child, "close");
  const end = await Promise.race([ended, delay(mostMs, undefined, { signal: inTime.signal })]);
  inTime.abort();
  if (end !== undefined) {
    const [code, signal] = end;
    return code === 0 ? undefined : `ended with ${signal ?? `exit code ${code}`}`;
  }
  signalGroup(child, "SIGTERM");
  await delay(graceMs);
  signalGroup(child, "SIGKILL");
  child.unref();
  return `took more than ${mostMs / 1000} seconds, and was ended`;
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}

function variablesOf(verdict: Verdict, event: string): Record<string, string> {
  const halt = verdict.kind === "halted" ? verdict : undefined;
  return {
    UPGRADE_HALT_EVENT: event,
    UPGRADE_HALT_WHY: verdict.why,
    UPGRADE_HALT_PLAN: printable(halt?.plan ?? ""),
    UPGRADE_HALT_HEIGHT: halt?.height === undefined ? "" : String(halt.height),
    UPGRADE_HALT_CORROBORATED: String(halt?.corroborated ?? false),
  };
}
