import { readdirSync, readFileSync } from "node:fs";

/**
 * The processor time that a process has taken, over all its threads, in microseconds (the first number of each thread's
 * schedstat, which counts nanoseconds). Not a number where there is no such file.
 */
export function cpuMicros(pid: number): number {
  try {
    const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) =>
      Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ", 1)[0]),
    );
    return nanoseconds.reduce((sum, next) => sum + next, 0) / 1000;
  } catch {
    return Number.NaN;
  }
}
