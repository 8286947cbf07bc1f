import { exitCode, parseExitCode } from "@upgrade-halt/contract";
import type { HaltHolder } from "./halt-holder.ts";

/** What the guard needs of `node:process`. */
export interface ExitingProcess {
  /** Calls the listener when the process ends, whatever ends it. */
  once(event: "exit", listener: () => void): unknown;
  /** Ends the process at once with this code, 0-255. */
  exit(code: number): unknown;
}

/**
 * From an intent's publication on, makes every way out that JavaScript has (an uncaught error, an unhandled rejection,
 * an empty event loop, anybody's `process.exit`) end with the reason's code. Install it before anything can halt.
 *
 * It exits from within the `exit` event, at once: while Node tears down after that event, signals have their default
 * action again, and a second SIGINT would end the process with 130.
 */
export function guardExitCode(process: ExitingProcess, holder: HaltHolder): void {
  process.once("exit", () => {
    const meaning = parseExitCode(holder.snapshot()?.reason);
    if (meaning.kind === "reason" && meaning.reason !== 0) process.exit(exitCode(meaning.reason));
  });
}
