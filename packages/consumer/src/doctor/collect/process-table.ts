import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import type { ProcessFacts } from "../process.ts";

/** A process as Linux tells it, or `undefined` where there is none or it may not be seen. */
export function readProcess(pid: number): ProcessFacts | undefined {
  const name = readOf(pid, "comm")?.trim();
  if (name === undefined) return undefined;
  const args = (readOf(pid, "cmdline") ?? "").replace(/\0+$/, "");
  return { pid, name, args: args === "" ? [] : args.split("\0"), cwd: linkOf(pid, "cwd") };
}

/** By what the kernel grants a process files. */
export interface Ids {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** Whose rights a process has; `undefined` where it is gone. */
export function idsOf(pid: number): Ids | undefined {
  const status = readOf(pid, "status");
  if (status === undefined) return undefined;
  const numbers = (key: string) =>
    (new RegExp(`^${key}:(.*)$`, "m").exec(status)?.[1] ?? "")
      .trim()
      .split(/\s+/)
      .filter(Boolean)
      .map(Number);
  return { uid: numbers("Uid")[1] ?? 0, gid: numbers("Gid")[1] ?? 0, groups: numbers("Groups") };
}

/** Ticks of the kernel's clock in a second, as it tells them to programs. */
const TICKS = 100;

/** When a process started, in ms since the epoch, reckoned from the start of this one: a container may be told another uptime. */
export function startOf(pid: number): number | undefined {
  const [theirs, ours] = [pid, process.pid].map((id) =>
    Number(
      readOf(id, "stat")
        ?.replace(/^.*\) /s, "")
        .split(" ")[19] ?? Number.NaN,
    ),
  );
  const start =
    Date.now() - (process.uptime() + ((ours ?? Number.NaN) - (theirs ?? Number.NaN)) / TICKS) * 1000;
  return Number.isNaN(start) ? undefined : start;
}

/** The parents of a process, the nearest first. */
export function parentsOf(pid: number): ProcessFacts[] {
  const parents: ProcessFacts[] = [];
  const seen = new Set([pid]);
  for (let next = parentIdOf(pid); next > 0 && !seen.has(next); next = parentIdOf(next)) {
    seen.add(next);
    const parent = readProcess(next);
    if (parent === undefined) break;
    parents.push(parent);
  }
  return parents;
}

function parentIdOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)$/m.exec(readOf(pid, "status") ?? "")?.[1] ?? 0);
}

export function childrenOf(pid: number): ProcessFacts[] {
  return processIds()
    .filter((child) => parentIdOf(child) === pid)
    .flatMap((child) => readProcess(child) ?? []);
}

export function processIds(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** The groups of a process, `/proc/PID/cgroup`. */
export function groupsOf(pid: number): string {
  return readOf(pid, "cgroup") ?? "";
}

/** What a process was started with, or `undefined` where this user may not see it. */
export function environmentOf(pid: number): ReadonlyMap<string, string> | undefined {
  const text = readOf(pid, "environ");
  if (text === undefined) return undefined;
  return new Map(
    text.split("\0").flatMap((entry) => {
      const at = entry.indexOf("=");
      return at < 1 ? [] : [[entry.slice(0, at), entry.slice(at + 1)] as const];
    }),
  );
}

/** What a process has open, by descriptor; empty where this user may not see it. */
export function openFilesOf(pid: number): ReadonlyMap<number, string> {
  try {
    const names = readdirSync(`/proc/${pid}/fd`).map(Number);
    return new Map(
      names.flatMap((fd) => {
        const target = linkOf(pid, `fd/${fd}`);
        return target === undefined ? [] : [[fd, target] as const];
      }),
    );
  } catch {
    return new Map();
  }
}

/** Whether a descriptor of a process is a pipe, one with a name too: such is what exec gives its command. */
export function isPipe(pid: number, fd: number): boolean {
  try {
    return statSync(`/proc/${pid}/fd/${fd}`).isFIFO();
  } catch {
    return false;
  }
}

/** Where the files of a process are, seen from here: a container has a root of its own. */
export function rootOf(pid: number): string {
  return hasOwn("mnt", pid) ? `/proc/${pid}/root` : "";
}

/** Whether a process has a network of its own: an address of this machine is then none of its. */
export function hasOwnNetwork(pid: number): boolean {
  return hasOwn("net", pid);
}

function hasOwn(namespace: "mnt" | "net", pid: number): boolean {
  const [ours, theirs] = [process.pid, pid].map((id) => linkOf(id, `ns/${namespace}`));
  return ours !== undefined && theirs !== undefined && ours !== theirs;
}

function readOf(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return undefined;
  }
}

function linkOf(pid: number, name: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/${name}`);
  } catch {
    return undefined;
  }
}
