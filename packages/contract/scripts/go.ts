/** Runs the Go module of the contract. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const MODULE = fileURLToPath(new URL("../go/", import.meta.url));

/** Go could not be run, or failed; the message is one sentence for a person. */
export class GoError extends Error {
  override readonly name = "GoError";
}

/** What a run of `go` left: its output, and its exit code. */
export interface GoRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `go` with the arguments in the module's folder.
 *
 * @throws {GoError} where there is no `go`.
 */
export function runGo(args: readonly string[], input = ""): Promise<GoRun> {
  return new Promise((resolve, reject) => {
    // The module needs the standard library alone, and the Go that is there.
    const child = spawn("go", args, {
      cwd: MODULE,
      env: { ...process.env, GOPROXY: "off", GOTOOLCHAIN: "local" },
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", (cause) => {
      reject(
        new GoError(
          "there is no `go` on the PATH: install Go 1.22 or later (https://go.dev/dl/) and run this again",
          { cause },
        ),
      );
    });
    child.on("close", (code) => {
      resolve({
        code: code ?? 1,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      });
    });
    child.stdin.on("error", () => {}); // Go ended early; `close` says how.
    child.stdin.end(input);
  });
}

/** How many tests passed, failed and were skipped. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs the module's tests; `output` is what failed ones printed. */
export async function goTests(): Promise<{ readonly counts: Counts; readonly output: string }> {
  const { code, stdout, stderr } = await runGo(["test", "-count=1", "-json", "./..."]);
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  let output = stderr;
  for (const line of stdout.split("\n").filter((line) => line.startsWith("{"))) {
    const event = JSON.parse(line) as { Action: string; Test?: string; Output?: string };
    if (event.Action === "output" && event.Output?.startsWith("    ")) output += event.Output;
    if (event.Test === undefined) continue;
    if (event.Action === "pass") counts.passed++;
    else if (event.Action === "fail") counts.failed++;
    else if (event.Action === "skip") counts.skipped++;
  }
  // A package that does not compile fails no test.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return { counts, output };
}
