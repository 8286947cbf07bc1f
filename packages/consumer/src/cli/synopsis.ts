import type { Command } from "commander";

/** One option, as completions and the man page need it. */
export interface OptionSynopsis {
  /** `--policy` */
  readonly name: string;
  /** `--policy <file>` */
  readonly usage: string;
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** One command, as completions and the man page need it. */
export interface CommandSynopsis {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** `<url...>` */
  readonly args: string;
  readonly options: readonly OptionSynopsis[];
  /** The examples of its help, one shell line each. */
  readonly examples: readonly string[];
}

/** What the command line consists of, read off the program that parses it. */
export function synopsisOf(program: Command): readonly CommandSynopsis[] {
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    description: command.description(),
    args: command.registeredArguments.map(argumentUsage).join(" "),
    options: command.options.map((option) => ({
      name: option.long ?? option.flags,
      usage: option.flags,
      description: option.description,
      takesValue: option.required || option.optional,
      choices: option.argChoices ?? [],
    })),
    examples: examplesOf(command),
  }));
}

function argumentUsage(argument: Command["registeredArguments"][number]): string {
  return `<${argument.name()}${argument.variadic ? "..." : ""}>`;
}

/** The lines that follow `$ ` in a command's help. */
function examplesOf(command: Command): string[] {
  const help: string[] = [];
  const output = command.configureOutput();
  command.configureOutput({ ...output, writeOut: (text) => void help.push(text) });
  command.outputHelp();
  command.configureOutput(output);
  return [...help.join("").matchAll(/^ {2}\$ (.+)$/gm)].map(([, line = ""]) => line);
}
