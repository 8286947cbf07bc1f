import { Command } from "commander";
import { addCheck } from "./check.ts";
import { addClassify } from "./classify.ts";
import { addCompletion } from "./completion.ts";
import { addDoctor } from "./doctor.ts";
import { addExec } from "./exec.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { addExplain } from "./explain.ts";
import type { Io } from "./io.ts";
import { addStatus } from "./status.ts";
import { addSystemdHook } from "./systemd-hook.ts";
import { versionLine } from "./version.ts";
import { addWatch } from "./watch.ts";

/** The whole command line: help, completion and the man page are made from it. `exitWith` hears an exit code other than 0. */
export function buildProgram(io: Io, exitWith: (code: number) => void): Command {
  const program = new Command("upgrade-halt")
    .description("Says why a chain node stopped, and what to do about it.")
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .version(versionLine("upgrade-halt"), "-V, --version", "print its version and the contract's")
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      // Errors are worded and written in one place: run().
      outputError: () => {},
    })
    .exitOverride();
  for (const add of [addExplain, addStatus, addWatch, addCheck, addClassify, addSystemdHook])
    add(program, io);
  addExec(program, io, exitWith);
  addDoctor(program, io, exitWith);
  addCompletion(program, io);
  for (const command of program.commands) command.copyInheritedSettings(program);
  const codes = EXIT_CODES.map(({ code, meaning }) => `  ${String(code).padEnd(4)}${meaning}`);
  return program.addHelpText("after", `\nExit codes:\n${codes.join("\n")}`);
}
