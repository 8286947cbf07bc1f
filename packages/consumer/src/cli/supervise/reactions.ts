import { spawn } from "node:child_process";
import { once } from "node:events";
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

export interface Reaction {
  readonly event: string;
  readonly command: string;
}

/** `--on EVENT COMMAND`, as often as wanted. */
export function onOption(): Option {
  return new Option(
    "--on <event command...>",
    `run a shell command after an end of this kind (${EVENTS.join(", ")}), with UPGRADE_HALT_EVENT, _WHY, _PLAN, _HEIGHT and _CORROBORATED in its environment; may be given again`,
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
 * variables, printable and never as part of a command. A failing command is named on standard error and ends nothing.
 */
export async function react(reactions: readonly Reaction[], verdict: Verdict, io: Io): Promise<void> {
  const event = verdict.kind === "halted" ? reasonToken(verdict.reason) : verdict.kind;
  for (const { command } of reactions.filter((reaction) => reaction.event === event)) {
    const child = spawn(SHELL, ["-c", command], {
      env: { ...io.env, ...variablesOf(verdict, event) },
      stdio: ["ignore", "inherit", "inherit"],
    });
    // A signal to us is for it: what supervises us wants to see the end of all that we started.
    const forget = io.onSignal(FORWARDED, (signal) => void child.kill(signal));
    try {
      const [code, signal] = await once(child, "close");
      if (code === 0) continue;
      io.stderr.write(
        `upgrade-halt: the command for ${event} ended with ${signal ?? `exit code ${code}`}.\n`,
      );
    } catch (error) {
      io.stderr.write(
        `upgrade-halt: the command for ${event} was not run: ${SHELL} cannot be started (${printable(String(error))}).\n`,
      );
    } finally {
      forget();
    }
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
