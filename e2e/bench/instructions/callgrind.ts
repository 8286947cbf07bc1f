import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** V8 writes code as it runs: what is not mapped from a file is looked at anew before it runs. */
const CALLGRIND = ["--tool=callgrind", "--callgrind-out-file=/dev/null", "--smc-check=all-non-file"];

/**
 * How many instructions a whole process takes in user mode, all its threads together. Its environment is `env` alone.
 * @throws where valgrind is not installed, or the process does not end with 0
 */
export async function instructionsOf(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  try {
    const { stderr } = await promisify(execFile)("valgrind", [...CALLGRIND, ...command], {
      env: { PATH: process.env.PATH, ...env },
    });
    return collectedIn(stderr);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new Error("valgrind, which counts instructions, is not installed: apt-get install valgrind");
    throw error;
  }
}

/** The sum that callgrind prints at its end. */
export function collectedIn(output: string): number {
  const [, count] = /^==\d+== Collected : (\d+)$/m.exec(output) ?? [];
  if (count === undefined)
    throw new Error(`callgrind printed no count; its output ends: ${output.slice(-500)}`);
  return Number(count);
}
