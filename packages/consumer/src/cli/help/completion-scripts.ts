import type { CommandSynopsis, OptionSynopsis } from "./synopsis.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** The script that teaches a shell to complete the command line. */
export function completionScript(shell: Shell, commands: readonly CommandSynopsis[]): string {
  switch (shell) {
    case "bash":
      return bashScript(commands);
    case "zsh":
      return zshScript(commands);
    case "fish":
      return fishScript(commands);
  }
}

const namesOf = (commands: readonly CommandSynopsis[]) => commands.map(({ name }) => name).join(" ");
const choicesOf = ({ argument }: CommandSynopsis) => argument?.choices ?? [];
const wordsOf = (command: CommandSynopsis) =>
  [...choicesOf(command), ...command.options.map(({ name }) => name), "--help"].join(" ");
/** A word that a shell reads as it is. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

function bashScript(commands: readonly CommandSynopsis[]): string {
  const values = commands.flatMap(({ name, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map((option) => `    ${quoted(`${name} ${option.name}`)}) ${valuesIn(option)} return ;;`),
  );
  const flags = commands.map((command) => `    ${command.name}) words=${quoted(wordsOf(command))} ;;`);
  return `_upgrade_halt() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted(`${namesOf(commands)} --help`)} -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]} $previous" in
${values.join("\n")}
  esac
  case "\${COMP_WORDS[1]}" in
${flags.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _upgrade_halt upgrade-halt
`;
}

/** Without choices bash is left to complete a file name. */
function valuesIn({ choices }: OptionSynopsis): string {
  return choices.length === 0 ? "" : `COMPREPLY=($(compgen -W ${quoted(choices.join(" "))} -- "$current"));`;
}

function zshScript(commands: readonly CommandSynopsis[]): string {
  const names = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = commands.map((command) => {
    const { name, options } = command;
    const choices = choicesOf(command);
    const argument = choices.length === 0 ? "_default" : `(${choices.join(" ")})`;
    const specs = options.map((option) => ` \\\n        ${quoted(zshOption(option))}`).join("");
    return `    ${name})\n      _arguments${specs} \\\n        '--help[show its help]' '*:argument:${argument}' ;;`;
  });
  return `#compdef upgrade-halt
_upgrade-halt() {
  local -a commands
  commands=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join("\n")}
  esac
}
# From a folder of fpath zsh runs this file as the function itself, at the first completion; sourced, it registers it.
if [[ $funcstack[1] == _upgrade-halt ]]; then
  _upgrade-halt "$@"
else
  compdef _upgrade-halt upgrade-halt
fi
`;
}

function zshOption({ name, description, takesValue, choices }: OptionSynopsis): string {
  const flag = `${name}[${description.replace(/[[\]\\:]/g, "\\$&")}]`;
  if (!takesValue) return flag;
  return choices.length === 0 ? `${flag}:value:_files` : `${flag}:value:(${choices.join(" ")})`;
}

function fishScript(commands: readonly CommandSynopsis[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c upgrade-halt -n __fish_use_subcommand -f -a ${command.name} -d ${fishQuoted(command.summary)}`,
    ...fishArgument(command),
    ...command.options.map((option) => fishOption(command.name, option)),
  ]);
  return `${lines.join("\n")}\n`;
}

function fishArgument(command: CommandSynopsis): string[] {
  const choices = choicesOf(command);
  if (choices.length === 0) return [];
  const when = fishQuoted(`__fish_seen_subcommand_from ${command.name}`);
  return [`complete -c upgrade-halt -n ${when} -f -a ${fishQuoted(choices.join(" "))}`];
}

function fishOption(command: string, { name, description, takesValue, choices }: OptionSynopsis): string {
  const value = choices.length > 0 ? ` -x -a ${fishQuoted(choices.join(" "))}` : takesValue ? " -r" : "";
  const when = fishQuoted(`__fish_seen_subcommand_from ${command}`);
  return `complete -c upgrade-halt -n ${when} -l ${name.slice(2)}${value} -d ${fishQuoted(description)}`;
}

function fishQuoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
