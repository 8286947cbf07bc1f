import { CommanderError } from "commander";
import { ConsumerError } from "../consumer-error.ts";
import { printable } from "../printable.ts";
import { EXIT_CODE_OF } from "./exit-codes.ts";
import type { Io } from "./output/io.ts";
import { buildProgram, isCommand, type ProgramName } from "./program.ts";

/** Runs the command line and gives its exit code. Every failure is one sentence on standard error. */
export async function run(
  args: readonly string[],
  io: Io,
  name: ProgramName = "upgrade-halt",
): Promise<number> {
  let exitCode = 0;
  const exitWith = (code: number) => {
    exitCode = code;
  };
  try {
    const words = wordsToParse(args, name);
    const program = await buildProgram(io, exitWith, words[0], name);
    await program.parseAsync(words, { from: "user" });
    return exitCode;
  } catch (error) {
    const { code, message } = outcomeOf(error, args);
    if (message !== undefined) io.stderr.write(`${name}: ${message}\n`);
    return code;
  }
}

/** Completes the last word of `kubectl upgrade-halt`, as kubectl has its plugins do. */
export async function runCompletion(words: readonly string[], io: Io): Promise<number> {
  const { kubectlCompletions } = await import("./help/kubectl-completion.ts");
  const program = await buildProgram(io, () => {}, undefined, "kubectl upgrade-halt");
  io.stdout.write(await kubectlCompletions(words, program, io));
  return 0;
}

interface Outcome {
  readonly code: number;
  readonly message?: string;
}

/** A command that there is not is named alone: with `--help` behind it, the program's own help would be the answer. */
function wordsToParse(args: readonly string[], name: ProgramName): readonly string[] {
  const words = asOptions(args);
  const [first = "-"] = words;
  return first.startsWith("-") || isCommand(first, name) ? words : [first];
}

/** `help check` and `version`, as other programs take them. */
function asOptions(args: readonly string[]): readonly string[] {
  const [first, ...rest] = args;
  if (first === "version") return ["--version", ...rest];
  return first === "help" ? [...rest, "--help"] : args;
}

function wordsOf({ code, message }: CommanderError, args: readonly string[]): string {
  const said = message
    .replace(/^error: |\.$/g, "")
    .replace(/\n\(Did you mean (?:one of )?([^?]*)\?\)$/, ": did you mean $1");
  const isOfCommand = code === "commander.unknownOption" && args[0] === "exec" && !args.includes("--");
  return isOfCommand ? `${said}. Put -- before the command to run. See --help.` : `${said}. See --help.`;
}

function outcomeOf(error: unknown, args: readonly string[]): Outcome {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return { code: 0 };
    const code = EXIT_CODE_OF.usage;
    return error.code === "commander.help"
      ? { code }
      : { code, message: printable(wordsOf(error, args), 400) };
  }
  if (error instanceof ConsumerError) return { code: EXIT_CODE_OF[error.code], message: error.message };
  return { code: EXIT_CODE_OF.failure, message: printable(`an unexpected failure: ${String(error)}.`, 400) };
}
