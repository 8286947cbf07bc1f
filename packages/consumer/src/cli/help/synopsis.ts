import type { Command } from "commander";
import { EVENTS } from "../supervise/reactions.ts";

/** One option, as completions and the man page need it. */
export interface OptionSynopsis {
  /** `--policy` */
  readonly name: string;
  /** `--policy <file>` */
  readonly usage: string;
  readonly description: string;
  /** The description as its help gives it, with choices and default. */
  readonly help: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** What a command is about, as completions and the man page need it. */
export interface ArgumentSynopsis {
  /** `<url...>` */
  readonly usage: string;
  /** The description as its help gives it. */
  readonly help: string;
  readonly choices: readonly string[];
}

/** One command, as completions and the man page need it. */
export interface CommandSynopsis {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** Its argument, where it takes one. */
  readonly argument: ArgumentSynopsis | undefined;
  readonly options: readonly OptionSynopsis[];
  /** The examples of its help, one line each. */
  readonly examples: readonly string[];
}

/** What an option begins with that takes several words, of which the others are free. */
const FIRST_WORDS: Readonly<Record<string, readonly string[]>> = { "--on": EVENTS };

/** What the command line consists of, read off the program that parses it. */
export function synopsisOf(program: Command): readonly CommandSynopsis[] {
  const help = program.createHelp();
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    description: command.description(),
    argument: command.registeredArguments.map((argument) => ({
      usage: `<${argument.name()}${argument.variadic ? "..." : ""}>`,
      help: help.argumentDescription(argument),
      choices: argument.argChoices ?? [],
    }))[0],
    options: command.options.map((option) => ({
      name: option.long ?? option.flags,
      usage: option.flags,
      description: option.description,
      help: help.optionDescription(option),
      takesValue: option.required || option.optional,
      choices: option.argChoices ?? FIRST_WORDS[option.long ?? ""] ?? [],
    })),
    examples: examplesOf(command),
  }));
}

/** The lines after `Examples:` in a command's help: for a shell, and so after a `$ `, or for another program. */
function examplesOf(command: Command): string[] {
  const help: string[] = [];
  const output = command.configureOutput();
  command.configureOutput({ ...output, writeOut: (text) => void help.push(text) });
  command.outputHelp();
  command.configureOutput(output);
  const [, examples = ""] = help.join("").split("\nExamples:\n");
  return [...examples.matchAll(/^ {2}(?:\$ )?(.+)$/gm)].map(([, line = ""]) => line);
}
