import { spawn, spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";
import { hasOldGroups, initOf } from "./namespaces.ts";

/** The namespaces that a machine has for itself, as `unshare` takes them. */
export const NAMESPACES = "--fork --pid --mount --mount-proc --cgroup --uts --ipc";

/** Why no machine of its own can be booted here with these programs, or `undefined` where one can. */
export function whyNoOwnMachine(programs: readonly string[], namespaces: string): string | undefined {
  if (process.platform !== "linux") return "only Linux has namespaces";
  if (process.getuid?.() !== 0) return "it needs root";
  for (const program of programs) {
    if (spawnSync("which", [program]).status !== 0) return `${program} is not installed`;
  }
  if (!hasOldGroups()) return "the cgroups are not those of version 1";
  const probe = spawnSync("unshare", [...namespaces.split(" "), "true"]);
  return probe.status === 0 ? undefined : "the kernel forbids new namespaces";
}

export interface OwnMachine {
  /** The id of its first process as seen from here, once there is one. */
  init(): number | undefined;
  /** What its programs said, for who wants to know why something failed: the end of it. */
  log(): string;
}

/**
 * Boots a machine whose first process is the script `boot`, which is given `folder`. `cleanup` ends it and removes the folder, and so
 * does the end of this process, however it ends.
 */
export function bootOwnMachine(
  folder: string,
  namespaces: string,
  boot: string,
  cleanup: Cleanup,
): OwnMachine {
  const logFile = join(folder, "machine.log");
  const log = openSync(logFile, "a");
  const args = [join(import.meta.dirname, "boot-machine.ts"), folder, namespaces, boot];
  const booter = spawn(process.execPath, args, { stdio: ["pipe", log, log], detached: true });
  closeSync(log);
  const readLog = () => readFileSync(logFile, "utf8").slice(-4000);
  const gone = new Promise<number | null>((resolve) => booter.once("close", resolve));
  cleanup.add(async () => {
    booter.stdin?.end();
    if ((await gone) !== 0) throw new Error(`the machine left something behind: ${readLog()}`);
  });
  return { init: () => initOf(initOf(booter.pid)), log: readLog };
}
