/**
 * Runs a task of a folder once everything is built: the script there that has the name of the root's script. `pnpm run NAME ARGS` at
 * the root is then `pnpm run NAME ARGS` in that folder, with the terminal, standard output and the exit code to itself.
 */
import { spawn } from "node:child_process";
import { buildQuietly } from "./build-quietly.ts";

const [folder = "", ...args] = process.argv.slice(2);
const name = process.env.npm_lifecycle_event ?? "";

async function run(): Promise<number> {
  const task = spawn("pnpm", ["--silent", "-C", folder, "run", name, ...args], { stdio: "inherit" });
  // An interrupt from the terminal reaches the task by itself.
  process.on("SIGINT", () => undefined);
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => task.kill(signal));
  return new Promise((resolve, reject) => {
    task.once("error", reject);
    task.once("close", (code) => resolve(code ?? 1));
  });
}

process.exitCode = (await buildQuietly()) || (await run());
