import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";

export interface CommandResult {
  readonly code: number | null;
  /** Standard output and standard error. */
  readonly output: string;
}

/** The first process in the namespaces that `unshare --fork --pid`, which is the process `pid`, made. */
export function initOf(pid: number | undefined): number | undefined {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return children === "" ? undefined : Number(children.split(" ")[0]);
}

/** Runs a shell script in the namespaces of the process `init`. */
export async function runInside(init: number, script: string): Promise<CommandResult> {
  const child = spawn("nsenter", ["-t", String(init), "-a", "sh", "-c", `exec 2>&1; ${script}`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { output: await text(child.stdout), code: await ended };
}

const CGROUPS = "/sys/fs/cgroup";

/** Whether the machine has cgroups of version 1. */
export function hasOldGroups(): boolean {
  return existsSync(join(CGROUPS, "memory", "cgroup.procs"));
}

/** Makes a group in each hierarchy of cgroups version 1. */
export function makeGroups(name: string): readonly string[] {
  const hierarchies = readdirSync(CGROUPS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(CGROUPS, entry.name))
    .filter(
      (path) => existsSync(join(path, "cgroup.procs")) && !existsSync(join(path, "cgroup.controllers")),
    );
  return hierarchies.map((hierarchy) => {
    const group = join(hierarchy, name);
    mkdirSync(group);
    // A group of cpuset takes no process before it has these.
    for (const setting of ["cpuset.cpus", "cpuset.mems"]) {
      const inherited = join(hierarchy, setting);
      if (existsSync(inherited)) writeFileSync(join(group, setting), readFileSync(inherited));
    }
    return group;
  });
}

/** Lets the processes of a group and of those below it go on: frozen ones, as a paused container's, cannot be ended. */
export function thawGroup(group: string): void {
  const state = join(group, "freezer.state");
  if (existsSync(state)) writeFileSync(state, "THAWED");
  for (const entry of readdirSync(group, { withFileTypes: true })) {
    if (entry.isDirectory()) thawGroup(join(group, entry.name));
  }
}

/** Kills what is left in a group of processes and removes it; false while something of it is still there. */
export function removeGroup(group: string): boolean {
  if (!existsSync(group)) return true;
  try {
    if (existsSync(join(group, "cgroup.kill"))) writeFileSync(join(group, "cgroup.kill"), "1");
    for (const entry of readdirSync(group, { withFileTypes: true })) {
      if (entry.isDirectory()) removeGroup(join(group, entry.name));
    }
    rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}
