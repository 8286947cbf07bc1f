import type { Command } from "commander";
import { exitCodesOf } from "../exit-codes.ts";
import { type CommandSynopsis, synopsisOf } from "./synopsis.ts";

/** The man page of a program, in the man macros of groff_man(7). `name` is that of its file. */
export function manPage(program: Command, name: string): string {
  const commands = synopsisOf(program);
  const [about = "", ...more] = program.description().split(/(?<=\.) /);
  const lines = [
    `.TH ${roff(name.toUpperCase())} 1 "" "upgrade\\-halt" "User Commands"`,
    ".SH NAME",
    `${roff(name)} \\- ${roff(sentenceCase(about))}`,
    ".SH SYNOPSIS",
    `.B ${roff(program.name())}`,
    ".I COMMAND",
    "[options]",
    ...(more.length === 0 ? [] : [".SH DESCRIPTION", roff(more.join(" "))]),
    ".SH COMMANDS",
    `Each has its own help: ${roff("--help")}.`,
    ...commands.flatMap(commandLines),
    ".SH EXIT STATUS",
    ...exitCodesOf(commands.map((command) => command.name)).flatMap(({ code, meaning }) => [
      ".TP",
      `.B ${code}`,
      roff(meaning),
    ]),
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
