import { execFile } from "node:child_process";

/** Environment variables, as of `process.env`. */
export type Env = Readonly<Record<string, string | undefined>>;

/** What a program answered. `ended` whatever its code. */
export type Answer =
  | { readonly kind: "ended"; readonly code: number; readonly stdout: string; readonly stderr: string }
  /** It is not there, may not be run, or took too long: why, as a clause. */
  | { readonly kind: "failed"; readonly why: string };

/** How long a supervisor's own program may take, in ms. */
const TIMEOUT_MS = 15_000;
const LONGEST = 16 * 1024 * 1024;

/** Runs a program of the supervisor with its words in English. Never rejects. */
export function runProgram(file: string, args: readonly string[], env: Env): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { env: { ...env, LC_ALL: "C" }, timeout: TIMEOUT_MS, maxBuffer: LONGEST };
    const child = execFile(file, [...args], options, (error, stdout, stderr) => {
      if (error === null) return resolve({ kind: "ended", code: 0, stdout, stderr });
      if (typeof error.code === "number") return resolve({ kind: "ended", code: error.code, stdout, stderr });
      const why =
        error.killed === true
          ? "did not answer in 15 s"
          : error.code === "ENOENT"
            ? "is not on this PATH"
            : "cannot be run";
      resolve({ kind: "failed", why: `${file} ${why}` });
    });
    child.stdin?.end();
  });
}
