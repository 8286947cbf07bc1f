import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";
import type { Lifeline } from "./lifeline.ts";

export interface ProcessSpec {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Standard output and error both end up here. */
  readonly logFile: string;
}

/** How a process ended, as a container runtime says it: a signal is 128 and its number. */
export interface ProcessEnd {
  readonly exitCode: number;
  /** Set when the process could not even start. */
  readonly startError: string;
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = constants.signals;

/** A container's process, leader of its own process group, so that whatever it starts ends with it. */
export class ProcessGroup {
  readonly pid: number | undefined;
  readonly ended: Promise<ProcessEnd>;
  #isOver = false;

  constructor(spec: ProcessSpec, lifeline: Lifeline) {
    const [file = "", ...args] = spec.command;
    const log = openSync(spec.logFile, "a", 0o600);
    const child = spawn(file, args, {
      env: spec.env,
      cwd: spec.cwd,
      stdio: ["ignore", log, log],
      detached: true,
    });
    closeSync(log);
    this.pid = child.pid;
    if (child.pid !== undefined) lifeline.hold(child.pid);
    this.ended = new Promise((resolve) => {
      const end = (value: ProcessEnd): void => {
        this.#isOver = true;
        this.#signalGroup("SIGKILL");
        if (this.pid !== undefined) lifeline.release(this.pid);
        resolve(value);
      };
      child.once("error", (error) => end({ exitCode: 128, startError: error.message }));
      child.once("exit", (code, signal) =>
        end({ exitCode: code ?? 128 + (SIGNAL_NUMBERS[signal ?? ""] ?? 0), startError: "" }),
      );
    });
  }

  /** SIGTERM to the process, SIGKILL to its whole group after `graceMs`; resolves when it has ended. */
  async stop(graceMs: number): Promise<void> {
    if (this.#isOver || this.pid === undefined) return;
    if (graceMs > 0) this.#signal(this.pid, "SIGTERM");
    else this.#signalGroup("SIGKILL");
    const kill = setTimeout(() => this.#signalGroup("SIGKILL"), graceMs);
    await this.ended;
    clearTimeout(kill);
  }

  #signalGroup(signal: NodeJS.Signals): void {
    if (this.pid !== undefined) this.#signal(-this.pid, signal);
  }

  #signal(pid: number, signal: NodeJS.Signals): void {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (!isNoSuchProcess(error)) throw error;
    }
  }
}

function isNoSuchProcess(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ESRCH";
}
