import { readdirSync, readFileSync } from "node:fs";

export interface Leftover {
  readonly pid: number;
  /** Its command line. */
  readonly command: string;
}

/**
 * The living processes whose command line mentions `marker`, such as a temporary folder that only they know. It finds
 * orphans as well as children. Linux only: elsewhere there is no /proc, and it finds none.
 */
export function processesMentioning(marker: string): Leftover[] {
  return processIds()
    .map((pid) => ({ pid, command: commandOf(pid) }))
    .filter(({ command }) => command.includes(marker));
}

function processIds(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** Empty for a process that has ended, be it a zombie or just gone. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}
