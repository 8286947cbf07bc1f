/**
 * Builds what changed before another command runs, and says nothing but that it takes a while or what went wrong, on
 * standard error: standard output is that command's. Interrupted, it ends the whole build at once: Turborepo alone
 * would let its tasks finish behind the back of whoever has the prompt again.
 */
import { spawn, spawnSync } from "node:child_process";
import { text } from "node:stream/consumers";

/** Milliseconds after which a build is worth a word. */
const SOON = 1_000;
/** What a shell shows for a program that was interrupted. */
const INTERRUPTED = 130;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The processes under `root`, itself first. */
function treeOf(root: number): readonly number[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const pairs = (stdout ?? "").split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const below = (pid: number): readonly number[] => [
    pid,
    ...pairs.filter(([, parent]) => parent === pid).flatMap(([child]) => (child ? below(child) : [])),
  ];
  return below(root);
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

/** Builds, and gives the exit code of the build. */
export async function buildQuietly(): Promise<number> {
  const turbo = spawn("turbo", ["run", "build", "build:page", "--output-logs=errors-only"], {
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const interrupt = (): void => {
    for (const pid of turbo.pid === undefined ? [] : treeOf(turbo.pid)) end(pid);
    process.exit(INTERRUPTED);
  };
  for (const signal of SIGNALS) process.once(signal, interrupt);
  const late = setTimeout(() => process.stderr.write("Building what changed ...\n"), SOON);
  const ended = new Promise<number>((resolve) => {
    turbo.once("error", () => resolve(1));
    turbo.once("close", (code) => resolve(code ?? 1));
  });
  const [code, ...output] = await Promise.all([ended, text(turbo.stdout), text(turbo.stderr)]);
  clearTimeout(late);
  for (const signal of SIGNALS) process.off(signal, interrupt);
  if (code !== 0) process.stderr.write(`${output.join("")}The build failed; its output is above.\n`);
  return code;
}

if (import.meta.main) process.exitCode = await buildQuietly();
