import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";

/** Signals that a terminal sends to every process in its foreground when somebody types their keys. */
const TYPED = ["SIGINT", "SIGQUIT"] as const;
type Typed = (typeof TYPED)[number];

/**
 * Says each of these signals that comes to it, until its standard input ends. A shell's `wait` returns for a signal at once, and
 * what it starts in the background gets none that is typed.
 */
const WITNESS = `
trap '' HUP TERM
trap 'echo SIGINT' INT
trap 'echo SIGQUIT' QUIT
exec 3<&0
cat <&3 >/dev/null &
while kill -0 $! 2>/dev/null; do wait $!; done`;

/** So long the witness may take to tell of what was typed, in ms; and so long what it told stands for the same keys. */
const SAME_MS = 1_000;

export function isTyped(signal: NodeJS.Signals): signal is Typed {
  return (TYPED as readonly NodeJS.Signals[]).includes(signal);
}

/**
 * Tells whether a signal came to the whole group of this process, as a terminal sends it, and so to a command that it runs as
 * well: a shell beside the command gets it then, too. Where there is no shell nobody tells: better the command gets what
 * somebody typed twice than what was sent to this process alone never.
 */
export class Witness {
  readonly #shell = spawn("/bin/sh", ["-c", WITNESS], { env: {}, stdio: ["pipe", "pipe", "ignore"] });
  /** When each was told last, by a clock that never goes back. */
  readonly #toldAt = new Map<string, number>();
  readonly #told = new EventEmitter().setMaxListeners(0);

  constructor() {
    this.#shell.on("error", () => {});
    this.#shell.stdin.on("error", () => {});
    createInterface({ input: this.#shell.stdout }).on("line", (signal) => {
      this.#toldAt.set(signal, performance.now());
      this.#told.emit(signal);
    });
    this.#shell.unref();
  }

  /** Whether this signal, which came just now, came to the command as well. */
  async saw(signal: Typed): Promise<boolean> {
    const since = performance.now() - (this.#toldAt.get(signal) ?? Number.NEGATIVE_INFINITY);
    if (since < SAME_MS) return true;
    const told = once(this.#told, signal, { signal: AbortSignal.timeout(SAME_MS) });
    return await told.then(
      () => true,
      () => false,
    );
  }

  end(): void {
    this.#shell.stdin.end();
  }
}
