import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { median } from "./samples.ts";

/** What a process took while it was looked at. */
export interface Cost {
  /** Resident memory (`VmRSS`), the median of a sample a second, in MiB. */
  readonly rssMiB: number;
  /** Of that, what is no file's: neither the program itself nor its libraries (`RssAnon`). */
  readonly anonymousMiB: number;
  /** The most that it ever had (`VmHWM`). */
  readonly peakMiB: number;
  /** User and system time, in percent of one core. */
  readonly cpuPercent: number;
}

/** Ticks a second of `/proc/PID/stat`, on every Linux there is (`getconf CLK_TCK`). */
const TICKS = 100;

/** Looks at processes, all at the same time, for `seconds`. Linux only: it reads /proc. */
export async function costOf(
  pids: readonly number[],
  seconds: number,
  signal: AbortSignal,
): Promise<readonly Cost[]> {
  const began = performance.now();
  const before = pids.map(cpuSeconds);
  const samples = pids.map((): Memory[] => []);
  for (let second = 0; second < seconds; second += 1) {
    await delay(1000, undefined, { signal });
    for (const [index, pid] of pids.entries()) samples[index]?.push(memoryOf(pid));
  }
  const elapsed = (performance.now() - began) / 1000;
  return pids.map((pid, index) => {
    const memory = samples[index] ?? [];
    return {
      rssMiB: median(memory.map(({ rssMiB }) => rssMiB)),
      anonymousMiB: median(memory.map(({ anonymousMiB }) => anonymousMiB)),
      peakMiB: memoryOf(pid).peakMiB,
      cpuPercent: ((cpuSeconds(pid) - (before[index] ?? 0)) / elapsed) * 100,
    };
  });
}

interface Memory {
  readonly rssMiB: number;
  readonly anonymousMiB: number;
  readonly peakMiB: number;
}

function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mib = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
  return { rssMiB: mib("VmRSS"), anonymousMiB: mib("RssAnon"), peakMiB: mib("VmHWM") };
}

/** User and system time so far (proc(5), fields 14 and 15 of stat). */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/**
 * Bytes that a process has read and written so far (proc(5), `rchar` and `wchar` of io): what goes through its sockets, as it is
 * encrypted, and little else.
 */
export function bytesOf(pid: number): number {
  const io = readFileSync(`/proc/${pid}/io`, "utf8");
  const of = (field: string) => Number(new RegExp(`^${field}: (\\d+)$`, "m").exec(io)?.[1]);
  return of("rchar") + of("wchar");
}
