/**
 * Builds what changed before another command runs, and says nothing but that it takes a while or what went wrong, on
 * standard error: standard output is that command's.
 */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** Milliseconds after which a build is worth a word. */
const SOON = 1_000;

const turbo = spawn("turbo", ["run", "build", "--output-logs=errors-only"], {
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
  stdio: ["ignore", "pipe", "pipe"],
});
const late = setTimeout(() => process.stderr.write("Building what changed ...\n"), SOON);
const ended = new Promise<number>((resolve) => {
  turbo.once("error", () => resolve(1));
  turbo.once("close", (code) => resolve(code ?? 1));
});
const [code, ...output] = await Promise.all([ended, text(turbo.stdout), text(turbo.stderr)]);
clearTimeout(late);
if (code !== 0) process.stderr.write(`${output.join("")}The build failed; its output is above.\n`);
process.exitCode = code;
