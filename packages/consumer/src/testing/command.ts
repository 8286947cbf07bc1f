import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const MAIN = join(import.meta.dirname, "..", "main.ts");

export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as a process of its own. */
export interface Command {
  readonly child: ChildProcess;
  readonly ended: Promise<CommandEnd>;
  /** Resolves once its output has this text. Rejects where it ends without. */
  said(words: string): Promise<void>;
}

/** Starts the command line as a process. */
export function startCommand(args: readonly string[], env: Record<string, string> = {}): Command {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const ended = Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]).then(
    ([[code, signal], stdout, stderr]) => ({ code, signal, stdout, stderr }),
  );
  return {
    child,
    ended,
    said: (words) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (output.includes(words)) resolve();
        };
        child.stdout.on("data", look);
        child.once("close", () => reject(new Error(`it ended without saying ${words}`)));
        look();
      }),
  };
}

/** Runs the command line as a process to its end. */
export function runCommand(args: readonly string[], env: Record<string, string> = {}): Promise<CommandEnd> {
  return startCommand(args, env).ended;
}
