/** A process, and what the system lets this user see of it. */
export interface ProcessFacts {
  readonly pid: number;
  /** The kernel's name of it, 15 bytes at most. */
  readonly name: string;
  /** Its command line; empty where it has none. */
  readonly args: readonly string[];
  /** Its folder, where it can be seen. */
  readonly cwd?: string | undefined;
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.replace(/\/+$/, "").replace(/^.*\//, "");
}

/** What a process is called: the program, or the script that an interpreter runs. */
export function programOf({ name, args }: ProcessFacts): string {
  const [file = name, ...rest] = args;
  const program = baseName(file).replace(/^-/, "");
  if (!INTERPRETERS.test(program)) return program === "" ? name : program;
  const asModule = rest.indexOf("-m");
  if (asModule >= 0) return (rest[asModule + 1] ?? program).replace(/^.*\./, "");
  const script = rest.find((word, i) => !word.startsWith("-") && !TAKES_VALUE.test(rest[i - 1] ?? ""));
  return script === undefined ? program : baseName(script).replace(/\.(?:[cm]?[jt]s|py|rb)$/, "");
}

/** Options of Node, Python and Perl whose value is a word of its own. */
const TAKES_VALUE = /^(?:-[rCWXI]|--require|--import|--loader|--experimental-loader|--conditions)$/;
const INTERPRETERS = /^(?:node|python[\d.]*|ruby|perl)$/;
