import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { printable } from "../../printable.ts";
import { type Guard, killWithUs } from "./kill-with-us.ts";
import type { RunMark } from "./run-mark.ts";
import { STOPS } from "./signals.ts";
import { statOf } from "./wait-status.ts";

/** How often it is looked what is left, in ms. */
const LOOK_MS = 50;
/** How long what was killed is waited for, in ms: what waits for a disk may never go. */
const KILLED_MS = 1_000;

interface Limits {
  /** How long what was left has to end in order, in ms. */
  readonly graceMs: number;
}

/** What a process is told from others by: its number may be given to another one once it has ended. */
type StartTime = string;

interface Sight {
  readonly parent: number;
  readonly startTime: StartTime;
}

/**
 * What a command leaves running that was stopped and passed no signal on, such as a shell that waits for a node. It is known by the
 * mark of its run. Once the command has ended nothing else tells any more what it had started, so that is noted before, for what
 * began with another environment. Nothing is, where there is no /proc.
 */
export class LeftBehind {
  readonly #command: ChildProcess;
  readonly #run: RunMark;
  readonly #limits: Limits;
  readonly #noted = new Map<number, StartTime>();
  /** One for each process that was told to end. */
  readonly #guards = new Map<number, Guard>();
  readonly #passed = new Set<NodeJS.Signals>();
  #isStopped = false;

  constructor(command: ChildProcess, run: RunMark, limits: Limits) {
    this.#command = command;
    this.#run = run;
    this.#limits = limits;
  }

  /** Notes what there is: a signal that may end the command is about to be passed on. */
  noteBefore(signal: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.#command;
    if (exitCode !== null || signalCode !== null) return;
    // Only a stop is still the cause of an end that comes later.
    if (!this.#isStopped) this.#noted.clear();
    this.#isStopped ||= STOPS.has(signal);
    this.#passed.add(signal);
    this.#noteBelow(pid);
  }

  /** Passes a signal on to what is being ended. */
  pass(signal: NodeJS.Signals): void {
    for (const pid of this.#guards.keys()) send(pid, signal);
  }

  /**
   * Ends what the command left, once it has ended: each process as soon as none is left above it that would end it in order, and all
   * after the grace. What a command left that ended by itself stays. Whether nothing is left of what was to be ended.
   */
  async end(by: NodeJS.Signals | null): Promise<boolean> {
    if (!this.#isStopped && (by === null || !this.#passed.has(by))) return true;
    const killAt = performance.now() + this.#limits.graceMs;
    this.#noteRun();
    try {
      for (;;) {
        const left = this.#leftAtAll();
        const isLate = performance.now() > killAt;
        if (left.size === 0) return true;
        if (performance.now() > killAt + KILLED_MS) return false;
        for (const [pid, { parent }] of left) {
          if (!left.has(parent)) {
            this.#noteBelow(pid);
            this.#tell(pid);
          }
          if (isLate) send(pid, "SIGKILL");
        }
        await delay(LOOK_MS);
      }
    } finally {
      for (const guard of this.#guards.values()) guard.release();
    }
  }

  /** In words, what lives on of a run that has ended: none of it is waited for longer than a moment. */
  async livesOn(patienceMs: number): Promise<string> {
    const until = performance.now() + patienceMs;
    for (;;) {
      this.#noteRun();
      const left = [...this.#left().keys()];
      if (left.length === 0 || performance.now() > until) return left.map(named).join(", ");
      await delay(LOOK_MS);
    }
  }

  /** What is left, and where that is nothing, what was started since. */
  #leftAtAll(): ReadonlyMap<number, Sight> {
    const left = this.#left();
    if (left.size > 0) return left;
    this.#noteRun();
    return this.#left();
  }

  #noteRun(): void {
    for (const pid of this.#run.processes()) {
      const sight = sightOf(pid);
      // Between the two looks the number may have been given to another process.
      if (sight !== undefined && this.#run.isOn(pid)) this.#noted.set(pid, sight.startTime);
    }
  }

  #noteBelow(pid: number | undefined): void {
    for (const child of childrenOf(pid)) {
      const sight = sightOf(child);
      if (sight === undefined) continue;
      this.#noted.set(child, sight.startTime);
      this.#noteBelow(child);
    }
  }

  #left(): ReadonlyMap<number, Sight> {
    const left = new Map<number, Sight>();
    for (const [pid, startTime] of this.#noted) {
      const sight = sightOf(pid);
      if (sight?.startTime === startTime) left.set(pid, sight);
      else this.#forget(pid);
    }
    return left;
  }

  #forget(pid: number): void {
    this.#noted.delete(pid);
    this.#guards.get(pid)?.release();
    this.#guards.delete(pid);
  }

  #tell(pid: number): void {
    if (this.#guards.has(pid)) return;
    send(pid, "SIGTERM");
    // The command's own guard finds it no more below the command.
    this.#guards.set(pid, killWithUs({ pid }, this.#run));
  }
}

function named(pid: number): string {
  const [name = ""] = listed(() => [readFileSync(`/proc/${pid}/comm`, "utf8").trim()]);
  return `process ${pid} (${printable(name)})`;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended, or runs as another user.
  }
}

function childrenOf(pid: number | undefined): number[] {
  const tasks = `/proc/${pid}/task`;
  return listed(() => readdirSync(tasks)).flatMap((task) =>
    listed(() => readFileSync(`${tasks}/${task}/children`, "latin1").match(/\d+/g) ?? []).map(Number),
  );
}

/** Nothing of a process or a thread that has ended. */
function listed(read: () => string[]): string[] {
  try {
    return read();
  } catch {
    return [];
  }
}

/** proc(5): of the fields after the name these are the state, the parent, the number of threads, and the start time. */
function sightOf(pid: number): Sight | undefined {
  const fields = statOf(pid);
  if (fields === undefined) return undefined;
  const [state = "", parent, threads, startTime = ""] = [0, 1, 17, 19].map((at) => fields[at]);
  // The first thread of a process may end before others, which still hold its files and ports.
  const hasEnded = /[ZX]/.test(state) && Number(threads) <= 1;
  return hasEnded ? undefined : { parent: Number(parent), startTime };
}
