import { PassThrough, Writable } from "node:stream";
import type { ProgramName } from "../cli/program.ts";
import { run } from "../cli/run.ts";

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliSurroundings {
  readonly stdin?: string;
  readonly env?: Record<string, string>;
  /** Standard output is a terminal. */
  readonly terminal?: boolean;
  /** Interrupts the command, as Ctrl-C does, once it has printed so many lines. */
  readonly interruptAfterLines?: number;
}

/** Runs `kubectl upgrade-halt` in the same way. */
export function runPlugin(args: readonly string[], surroundings: CliSurroundings = {}): Promise<CliRun> {
  return runCli(args, surroundings, "kubectl upgrade-halt");
}

/** Runs the command line in this process, in the surroundings that a test gives it. */
export async function runCli(
  args: readonly string[],
  surroundings: CliSurroundings = {},
  name: ProgramName = "upgrade-halt",
): Promise<CliRun> {
  const {
    stdin = "",
    env = {},
    terminal = false,
    interruptAfterLines = Number.POSITIVE_INFINITY,
  } = surroundings;
  let interrupt = () => {};
  const stdout = new Collector((text) => {
    if (text.split("\n").length > interruptAfterLines) interrupt();
  });
  const stderr = new Collector();
  const code = await run(
    args,
    {
      env,
      stdout: Object.assign(stdout, { isTTY: terminal }),
      stderr,
      stdin: PassThrough.from([stdin]),
      now: Date.now,
      onSignal: (_, handle) => {
        interrupt = () => handle("SIGINT");
        return () => {};
      },
    },
    name,
  );
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** Keeps what is written, and tells of it at once. */
class Collector extends Writable {
  text = "";
  readonly #onText: (text: string) => void;

  constructor(onText: (text: string) => void = () => {}) {
    super();
    this.#onText = onText;
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
    this.#onText(this.text);
  }
}
