import { Command, CommanderError } from "commander";
import { SandboxError } from "../sandbox-error.ts";
import { actCommand } from "./act-command.ts";
import { clusterCommand } from "./cluster-command.ts";
import { demoCommand } from "./demo-command.ts";
import { kubeletCommand } from "./kubelet-command.ts";
import { playCommand } from "./play-command.ts";
import { replayCommand } from "./replay-command.ts";
import { serveCommand } from "./serve-command.ts";
import { versionLine } from "./version.ts";

const USAGE_ERROR = 64;
const FAILURE = 1;

const COMMANDS = [
  demoCommand,
  playCommand,
  replayCommand,
  serveCommand,
  actCommand,
  clusterCommand,
  kubeletCommand,
] as const;

/** Runs the program; resolves with its exit code: 0, 1 for a failure, 64 for a usage error. */
export async function runCli(argv: readonly string[]): Promise<number> {
  let code = 0;
  const program: Command = new Command("sandbox")
    .description("A whole upgrade halt on one machine: a small Kubernetes cluster whose pods are processes.")
    .version(versionLine(), "-V, --version", "print its version, the contract's and its commit")
    .showHelpAfterError(false)
    .helpCommand(true)
    .exitOverride()
    .allowExcessArguments()
    .action(() => program.error(`error: ${whatIsWrong(program.args[0])}; see sandbox --help`))
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "sandbox: ")) });
  const setCode = (value: number): void => {
    code = value;
  };
  program.command("version", { hidden: true }).action(() => void process.stdout.write(`${versionLine()}\n`));
  for (const command of COMMANDS) program.addCommand(command(setCode));
  for (const command of program.commands) command.copyInheritedSettings(program).allowExcessArguments(false);
  try {
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
    process.stderr.write(`sandbox: ${sentence(error)}\n`);
    return FAILURE;
  }
}

function whatIsWrong(command: string | undefined): string {
  return command === undefined
    ? "a command is missing: demo, play, replay, serve, act, cluster or kubelet"
    : `unknown command '${command}'`;
}

function sentence(error: unknown): string {
  if (error instanceof SandboxError) return error.message;
  return error instanceof Error ? (error.message.split("\n")[0] ?? error.name) : String(error);
}
