import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs a command in a folder; an end with another code than 0 rejects with all that it printed. */
export async function runIn(cwd: string, file: string, ...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(file, [...args], { cwd, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (cause) {
    const { stdout = "", stderr = "" } = cause as { stdout?: string; stderr?: string };
    throw new Error(`${file} ${args.join(" ")} failed:\n${stdout}${stderr}`, { cause });
  }
}

/** Runs the pnpm of this repository. */
export const pnpm = (cwd: string, ...args: readonly string[]): Promise<string> =>
  runIn(cwd, "npx", "--yes", "pnpm@12.21.0", ...args);
