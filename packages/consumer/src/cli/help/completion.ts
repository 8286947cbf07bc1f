import { Argument, type Command } from "commander";
import type { Io } from "../output/io.ts";
import { completionScript, SHELLS, type Shell } from "./completion-scripts.ts";
import { synopsisOf } from "./synopsis.ts";

/** `upgrade-halt completion SHELL` */
export function addCompletion(program: Command, io: Io): void {
  program
    .command("completion")
    .summary("print the completions of a shell")
    .description("Prints a script that teaches a shell to complete this command.")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .addHelpText(
      "after",
      `
Examples:
  $ source <(upgrade-halt completion bash)
  $ upgrade-halt completion zsh > "\${fpath[1]}/_upgrade-halt"
  $ upgrade-halt completion fish > ~/.config/fish/completions/upgrade-halt.fish`,
    )
    .action((shell: Shell) => void io.stdout.write(completionScript(shell, synopsisOf(program))));
}
