/** The first argument by which the command line is asked to be a guard, and no command; then come the process and the mark of its run. */
export const GUARD = "--guard-process";

/**
 * Waits at standard input, a pipe that its parent holds. A line says that all is over; the pipe's end without one says that
 * the parent is gone, and then `pid`, everything below it and all whose environment has the mark are stopped from the top and killed.
 *
 * Its text alone is also run by `node -e`: it uses nothing from outside.
 */
export function guard(pid: number, mark = ""): void {
  const { readdirSync, readFileSync } = process.getBuiltinModule("node:fs");
  const end = (one: number): void => {
    try {
      process.kill(one, "SIGSTOP");
    } catch {
      return;
    }
    try {
      for (const task of readdirSync(`/proc/${one}/task`)) {
        const children = readFileSync(`/proc/${one}/task/${task}/children`, "utf8");
        for (const child of children.match(/\d+/g) ?? []) end(Number(child));
      }
    } catch {
      // The process is gone, or there is no /proc.
    }
    try {
      process.kill(one, "SIGKILL");
    } catch {
      // It is gone.
    }
  };
  const isMarked = (one: string): boolean => {
    try {
      return readFileSync(`/proc/${one}/environ`, "latin1").includes(mark);
    } catch {
      return false;
    }
  };
  const endAll = (): void => {
    end(pid);
    if (mark === "") return;
    try {
      for (const one of readdirSync("/proc")) if (/^\d+$/.test(one) && isMarked(one)) end(Number(one));
    } catch {
      // There is no /proc.
    }
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR2"]) process.on(signal, () => {});
  process.stdin.once("data", () => process.exit()).once("end", endAll);
}
