import { baseName } from "./process.ts";

/** What a shell does with a descriptor of its command: `to` is a file, or the descriptor that it becomes a copy of. */
export interface Redirection {
  readonly fds: readonly number[];
  readonly to: string | number;
}

/** Files that are a descriptor of who opens them. */
const OWN = /^\/(?:dev\/|proc\/self\/)fd\/([12])$/;
const NAMED: Readonly<Record<string, number>> = { "/dev/stdout": 1, "/dev/stderr": 2 };
/** In a container, what its first process was given. */
const OF_FIRST = /^\/proc\/1\/fd\/[12]$/;

/** Files that standard output and standard error go to, by descriptor; missing where they go where the shell's own went. */
function filesOf(redirections: readonly Redirection[]): ReadonlyMap<number, string> {
  const files = new Map<number, string>();
  for (const { fds, to } of redirections) {
    const copied = typeof to === "number" ? to : (NAMED[to] ?? OWN.exec(to)?.[1]);
    const file = copied === undefined ? String(to) : files.get(Number(copied));
    for (const fd of fds) {
      if (file === undefined || OF_FIRST.test(file)) files.delete(fd);
      else files.set(fd, file);
    }
  }
  return files;
}

/** One command of a pipe. */
export interface Piped {
  readonly words: readonly string[];
  readonly redirections: readonly Redirection[];
}

const LOGGERS = /^(?:rotatelogs|multilog|svlogd|s6-log|cronolog|logger|tinylog)$/;

/** Whether a program writes what it reads into files of its own, or sends it elsewhere. */
export function isLogger(program: string): boolean {
  return LOGGERS.test(program);
}

/**
 * Where what a command writes goes, given what it is piped into, in turn: a file, or a logger's name. `undefined` where all of it
 * goes where the shell's own output went.
 */
export function placeOf(command: Piped, pipedInto: readonly Piped[]): string | undefined {
  const files = filesOf(command.redirections);
  const [next, ...more] = pipedInto;
  const own = files.get(1) ?? files.get(2);
  if (own !== undefined || next === undefined) return own;
  const [program = ""] = next.words.map(baseName);
  return isLogger(program) ? program : placeOf(next, more);
}
