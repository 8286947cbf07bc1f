import { readFileSync } from "node:fs";

/** Whether a process stands still after SIGSTOP. Linux only. */
export function isStopped(pid: number): boolean {
  try {
    return /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
