import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

/** In the environment of what is run: the marks of the runs that it is part of, the outermost first. */
const VARIABLE = "UPGRADE_HALT_RUNS";
const MARKS = /^[0-9a-f]{32}(,[0-9a-f]{32})*$/;

/**
 * What the processes of one run of a command are known by. A second fork and a session of its own take a process out of the tree of
 * what started it; its environment goes along. What began with another environment, or runs as another user, is not found, and
 * nothing is where there is no /proc.
 */
export class RunMark {
  readonly mark = randomBytes(16).toString("hex");

  /** The environment for the command of this run. A run within another one is part of both. */
  environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const outer = env[VARIABLE] ?? "";
    return { ...env, [VARIABLE]: MARKS.test(outer) ? `${outer},${this.mark}` : this.mark };
  }

  /** The processes of this run, by their numbers. */
  processes(): number[] {
    return numbersIn("/proc").filter((pid) => this.isOn(pid));
  }

  isOn(pid: number): boolean {
    const own = environmentOf(pid).find((one) => one.startsWith(`${VARIABLE}=`)) ?? "";
    return own
      .slice(VARIABLE.length + 1)
      .split(",")
      .includes(this.mark);
  }
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
  } catch {
    // It has ended, or runs as another user.
    return [];
  }
}
