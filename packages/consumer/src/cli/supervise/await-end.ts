import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { ConsumerError } from "../../consumer-error.ts";
import { printable } from "../../printable.ts";
import type { Io } from "../output/io.ts";
import type { LeftBehind } from "./left-behind.ts";
import { endingSignal } from "./wait-status.ts";

/** How long after a command's end the rest of its output is waited for, in ms. */
const OUTPUT_GRACE_MS = 1_000;

/** What a command writes, as it is read. */
export interface CommandOutput {
  /** Its standard output and standard error, none where they are not there to be read. */
  readonly outputs: readonly [Readable | null, Readable | null];
  /** Gives up to write what nobody takes. Whether there is any. */
  readonly drop: () => boolean;
}

/** How a command ended. */
export interface End {
  readonly code: number | null;
  /** A real-time signal, which has no name of its own, is `signal 34` and so on. */
  readonly signal: NodeJS.Signals | `signal ${number}` | null;
  /** Something else holds its output. */
  readonly isOutputOpen: boolean;
  /** What it started was to be ended with it, and lives on. */
  readonly isLeftRunning: boolean;
  /** In words, what it started and lives on, or nothing. */
  readonly livesOn: string;
}

/** What is asked and told on the way to a command's end. */
interface Beside extends Pick<Io, "stderr"> {
  /** What the command leaves running. */
  readonly left: Pick<LeftBehind, "end" | "livesOn">;
}

/**
 * Waits for a command to end, for what it leaves where that is to be ended with it, and for the rest of its output, a moment at
 * most. What it cannot be told on the way is said on `stderr`, and is no end. Rejects with a `ConsumerError` where it did not start.
 */
export function endOf(
  child: ChildProcess,
  file: string,
  { outputs, drop }: CommandOutput,
  { stderr, left }: Beside,
): Promise<End> {
  return new Promise((resolve, reject) => {
    child.on("error", (cause: NodeJS.ErrnoException) => {
      if (child.pid === undefined) reject(notStarted(file, cause));
      else
        stderr.write(
          `upgrade-halt: a signal could not be given to the command (${cause.code}), which runs on. Does it run as another user?\n`,
        );
    });
    let unnamed: number | undefined;
    let open = outputs.length;
    for (const output of outputs) {
      output?.once("end", () => {
        open -= 1;
        if (open === 0) unnamed = endingSignal(child.pid);
      });
    }
    child.once("exit", async (exitCode, named) => {
      const isUnnamed = exitCode === 0 && unnamed !== undefined;
      const code = isUnnamed ? null : exitCode;
      const signal = isUnnamed ? (`signal ${unnamed ?? 0}` as const) : named;
      const isLeftRunning = !(await left.end(named).catch(() => false));
      const livesOn = left.livesOn(OUTPUT_GRACE_MS).catch(() => "");
      // What the command left running may hold its output open for ever.
      const giveUp = () => over(true);
      let late = setTimeout(() => {
        if (drop()) late = setTimeout(giveUp, OUTPUT_GRACE_MS);
        else giveUp();
      }, OUTPUT_GRACE_MS);
      const read = outputs.map(async (output) => output && (await finished(output).catch(() => {})));
      const over = (isOutputOpen: boolean) => {
        clearTimeout(late);
        void livesOn.then((lives) => resolve({ code, signal, isOutputOpen, isLeftRunning, livesOn: lives }));
      };
      void Promise.all(read).then(() => over(false));
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
