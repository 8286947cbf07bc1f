import { execFileSync } from "node:child_process";
import { ReleaseError } from "./release-error.ts";

/** How a command of another program ended: its exit code and all that it printed. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command and waits for it, however it ends. */
export function run(cwd: string, file: string, ...args: readonly string[]): Ended {
  return runWith({}, cwd, file, ...args);
}

function runWith(
  variables: Readonly<Record<string, string>>,
  cwd: string,
  file: string,
  ...args: readonly string[]
): Ended {
  try {
    const env = { ...process.env, ...variables };
    const stdout = execFileSync(file, args, {
      cwd,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { code: 0, stdout, stderr: "" };
  } catch (cause) {
    const {
      status,
      stdout = "",
      stderr = "",
    } = cause as {
      readonly status?: number | null;
      readonly stdout?: string;
      readonly stderr?: string;
    };
    return { code: status ?? 1, stdout, stderr: stderr === "" ? String(cause) : stderr };
  }
}

/** Runs the pnpm of this repository; a failure is a `ReleaseError` with its last lines. */
export function pnpm(cwd: string, ...args: readonly string[]): void {
  pnpmWith({}, cwd, ...args);
}

/** The same, with more environment variables. */
export function pnpmWith(
  variables: Readonly<Record<string, string>>,
  cwd: string,
  ...args: readonly string[]
): void {
  const { code, stdout, stderr } = runWith(variables, cwd, "npx", "--yes", "pnpm@12.21.0", ...args);
  if (code === 0) return;
  const said = `${stdout}${stderr}`.trim().split("\n").slice(-5).join(" ");
  throw new ReleaseError(`pnpm ${args.join(" ")} failed: ${said}`);
}
