import type { Command } from "commander";
import { EXIT_CODES } from "./exit-codes.ts";
import { type CommandSynopsis, synopsisOf } from "./synopsis.ts";

/** The man page, upgrade-halt(1), in the man macros of groff_man(7). */
export function manPage(program: Command): string {
  const commands = synopsisOf(program);
  const lines = [
    '.TH UPGRADE\\-HALT 1 "" "upgrade\\-halt" "User Commands"',
    ".SH NAME",
    `upgrade\\-halt \\- ${roff(sentenceCase(program.description()))}`,
    ".SH SYNOPSIS",
    ".B upgrade\\-halt",
    ".I COMMAND",
    "[options]",
    ".SH COMMANDS",
    `Each has its own help: ${roff("--help")}.`,
    ...commands.flatMap(commandLines),
    ".SH EXIT STATUS",
    ...EXIT_CODES.flatMap(({ code, meaning }) => [".TP", `.B ${code}`, roff(meaning)]),
    ".SH ENVIRONMENT",
    ".TP",
    ".B NO_COLOR",
    "When set to anything but an empty text, no colours are shown.",
    ".SH EXAMPLES",
    ".EX",
    ...commands.flatMap(({ examples }) => examples.map(roff)),
    ".EE",
  ];
  return `${lines.join("\n")}\n`;
}

function commandLines({ name, argument, description, options }: CommandSynopsis): string[] {
  return [
    `.SS ${roff(`${name} ${argument?.usage ?? ""}`.trim())}`,
    roff(description),
    ...(argument === undefined ? [] : [".TP", `.I ${roff(argument.usage)}`, roff(argument.help)]),
    ...options.flatMap((option) => [".TP", `.B ${roff(option.usage)}`, roff(option.help)]),
  ];
}

/** Text with nothing in it that roff would act on, or set in another character than a shell wants. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq")
    .replaceAll("~", "\\(ti")
    .replace(/^\./, "\\&.");
}

function sentenceCase(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, "");
}
