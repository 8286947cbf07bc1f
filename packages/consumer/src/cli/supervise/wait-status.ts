import { readFileSync } from "node:fs";

/** How long a process that closed its output is waited for to end, in ms. Nothing else is done meanwhile. */
const PATIENCE_MS = 20;

/**
 * The number of the signal that ended a child that nobody has waited for yet; `undefined` where it exited or lives, or where that
 * is not to be seen. Node's own word for a real-time signal is an exit with code 0.
 */
export function endingSignal(pid: number | undefined): number | undefined {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const fields = statOf(pid);
    if (fields === undefined) return undefined;
    // proc(5): the fields after the name; the first is the state, the last the status as wait(2) gives it.
    if (fields[0] === "Z") return Number(fields.at(-1)) & 0x7f || undefined;
    if (performance.now() > until) return undefined;
  }
}

/** The fields of `/proc/PID/stat` after the name; `undefined` where there is no such process, or no /proc. */
export function statOf(pid: number | undefined): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat
      .slice(stat.lastIndexOf(")") + 2)
      .trimEnd()
      .split(" ");
  } catch {
    return undefined;
  }
}
