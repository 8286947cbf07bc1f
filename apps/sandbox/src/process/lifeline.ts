import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** Keeps the list of process groups that its standard input tells it, and ends them when that input ends. */
const SCRIPT = `
pids=""
while read -r sign pid; do
  case "$sign" in
    +) pids="$pids $pid" ;;
    -) kept=""; for one in $pids; do [ "$one" = "$pid" ] || kept="$kept $one"; done; pids="$kept" ;;
  esac
done
for one in $pids; do kill -s KILL -- "-$one" 2>/dev/null; done
rm -rf -- "$@"
`;

/**
 * Ends process groups and removes folders when this process ends in whatever way, SIGKILL included: a small shell
 * holds the other end of a pipe and acts when the pipe closes.
 */
export class Lifeline {
  readonly #shell: ChildProcess;
  readonly #exited: Promise<unknown>;

  /** `folders` are removed at the end, whether it comes by stop() or by this process's end. */
  constructor(folders: readonly string[] = []) {
    this.#shell = spawn("/bin/sh", ["-c", SCRIPT, "lifeline", ...folders], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    });
    this.#exited = once(this.#shell, "exit").catch(() => undefined);
    this.#shell.stdin?.on("error", () => undefined);
    this.#shell.unref();
  }

  /** Watches over a process group, named by its leader's pid. */
  hold(pid: number): void {
    this.#shell.stdin?.write(`+ ${pid}\n`);
  }

  release(pid: number): void {
    this.#shell.stdin?.write(`- ${pid}\n`);
  }

  /** Ends what is still held, removes the folders, and ends the shell itself. */
  async stop(): Promise<void> {
    this.#shell.ref();
    this.#shell.stdin?.end();
    await this.#exited;
  }
}
