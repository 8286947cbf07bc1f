import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { until } from "./until.ts";

/** How much of a program's output is kept, in characters: its end. */
const KEPT_OUTPUT = 64 * 1024;
/** Milliseconds from SIGTERM to SIGKILL. */
const PATIENCE = 10_000;

export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that the harness started and answers for. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  /** Resolves when the process has ended and its output is closed. */
  readonly ended: Promise<End>;
  /** The end of what it wrote to standard output and standard error, in order of arrival. */
  output(): string;
  /** All lines of standard output so far. */
  lines(): readonly string[];
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, then SIGKILL after ten seconds; resolves when it is gone. */
  stop(): Promise<End>;
}

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Looked at until it is truthy; the program ending first, or the deadline, is an error with the program's output. */
  readonly ready?: (program: Program) => unknown;
  /** Milliseconds that it may take to be ready (30 s unless said). */
  readonly within?: number | undefined;
}

const running = new Set<ChildProcess>();
/** The last net: a test runner that dies early takes its programs along. */
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts `file`, and resolves once it is `ready`. A program that isn't in time is stopped before the error is thrown. */
export async function startProgram(
  name: string,
  file: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Program> {
  const child = spawn(file, args, { cwd: options.cwd, env: options.env, stdio: ["ignore", "pipe", "pipe"] });
  const program = observe(name, child);
  await Promise.race([once(child, "spawn"), program.ended]);
  const { ready, within } = options;
  if (!ready) return program;
  try {
    await firstOf(
      program,
      until(`${name} to be ready`, () => ready(program) || undefined, { within }),
    );
  } catch (cause) {
    await program.stop();
    throw new Error(`${name} did not get ready; its output ends:\n${program.output().slice(-4000)}`, {
      cause,
    });
  }
  return program;
}

async function firstOf<T>(program: Program, wish: Promise<T>): Promise<T> {
  wish.catch(() => {});
  const early = program.ended.then(({ code, signal }) => {
    throw new Error(`${program.name} ended with ${signal ?? `exit code ${code}`}`);
  });
  return Promise.race([wish, early]);
}

function observe(name: string, child: ChildProcess): Program {
  running.add(child);
  let output = "";
  let standardOutput = "";
  const keep = (chunk: string): void => {
    output = (output + chunk).slice(-KEPT_OUTPUT);
  };
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    standardOutput += chunk;
    keep(chunk);
  });
  child.stderr?.setEncoding("utf8").on("data", keep);
  const ended = new Promise<End>((resolve) => {
    child.once("error", (error) => {
      keep(`${error}\n`);
      resolve({ code: null, signal: null });
    });
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  void ended.then(() => running.delete(child));
  return {
    name,
    pid: child.pid ?? -1,
    ended,
    output: () => output,
    lines: () => standardOutput.split("\n").slice(0, -1),
    signal: (signal) => void child.kill(signal),
    stop: () => stop(child, ended),
  };
}

async function stop(child: ChildProcess, ended: Promise<End>): Promise<End> {
  child.kill("SIGTERM");
  const insist = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  const end = await ended;
  clearTimeout(insist);
  return end;
}
