import { Command } from "commander";
import { exitCodesOf } from "./exit-codes.ts";
import type { Io } from "./output/io.ts";
import { versionLine } from "./version.ts";

/** Adds a command to the program. `exitWith` hears its exit code where that is another than 0. */
type AddCommand = (program: Command, io: Io, exitWith: (code: number) => void) => void;

type Commands = ReadonlyMap<string, () => Promise<AddCommand>>;

/** Every command, in the order of the help. Each is loaded when it is asked for: a probe starts often, and waits for all that is loaded. */
const COMMANDS: Commands = new Map([
  ["explain", async () => (await import("./judge/explain.ts")).addExplain],
  ["status", async () => (await import("./judge/status.ts")).addStatus],
  ["watch", async () => (await import("./judge/watch.ts")).addWatch],
  ["check", async () => (await import("./judge/check.ts")).addCheck],
  ["classify", async () => (await import("./judge/classify.ts")).addClassify],
  ["systemd-hook", async () => (await import("./supervise/systemd-hook.ts")).addSystemdHook],
  ["exec", async () => (await import("./supervise/exec.ts")).addExec],
  ["copy-to", async () => (await import("./supervise/copy-to.ts")).addCopyTo],
  ["doctor", async () => (await import("./doctor/doctor.ts")).addDoctor],
  ["completion", async () => (await import("./help/completion.ts")).addCompletion],
]);

/** Those of `kubectl upgrade-halt`. */
const OF_KUBECTL: Commands = new Map([
  ["why", async () => (await import("./kubectl/why.ts")).addWhy],
  ["list", async () => (await import("./kubectl/list.ts")).addList],
  ["approve", async () => (await import("./kubectl/approve.ts")).addApprove],
  ["pause", async () => (await import("./kubectl/pause.ts")).addPause],
  ["abort", async () => (await import("./kubectl/abort.ts")).addAbort],
]);

/** The programs that this one is, by the name that a person calls it by. */
const PROGRAMS = {
  "upgrade-halt": {
    description: "Says why a chain node stopped, and what to do about it.",
    commands: COMMANDS,
  },
  "kubectl upgrade-halt": {
    description:
      "Says why nodes of a cluster stopped and what their halts wait for, and gives it to them. It asks the kubectl that is installed, so it may do what you may do.",
    commands: OF_KUBECTL,
  },
} as const;
export type ProgramName = keyof typeof PROGRAMS;

export function isCommand(word: string, name: ProgramName): boolean {
  return PROGRAMS[name].commands.has(word);
}

/**
 * The command line: help, completion and the man page are made from it. `exitWith` hears an exit code other than 0.
 * Where `asked` is the name of a command that needs no other, that one alone is there.
 */
export async function buildProgram(
  io: Io,
  exitWith: (code: number) => void,
  asked?: string,
  name: ProgramName = "upgrade-halt",
): Promise<Command> {
  const { description, commands } = PROGRAMS[name];
  const program = new Command(name)
    .description(description)
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .version(versionLine(name), "-V, --version", "print its version, the contract's and its commit")
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      // Errors are worded and written in one place: run().
      outputError: () => {},
    })
    .exitOverride();
  const alone = asked === "completion" ? undefined : commands.get(asked ?? "");
  for (const load of alone === undefined ? commands.values() : [alone]) (await load())(program, io, exitWith);
  for (const command of program.commands) command.copyInheritedSettings(program);
  const codes = exitCodesOf([...commands.keys()]).map(
    ({ code, meaning }) => `  ${String(code).padEnd(4)}${meaning}`,
  );
  return program.addHelpText("after", `\nExit codes:\n${codes.join("\n")}`);
}
