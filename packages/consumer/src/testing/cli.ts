import { PassThrough } from "node:stream";
import { run } from "../cli/run.ts";

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process, with what a test gives it as the world. */
export async function runCli(
  args: readonly string[],
  stdin = "",
  env: Record<string, string> = {},
): Promise<CliRun> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const code = await run(args, {
    env,
    stdout,
    stderr,
    stdin: PassThrough.from([stdin]),
    now: Date.now,
    onSignal: () => () => {},
  });
  return { code, stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
}
