import type { ConsumerErrorCode } from "../consumer-error.ts";

/** What the command's own exit codes mean. 64 is EX_USAGE of sysexits.h, 126 and 127 are a shell's. */
export const EXIT_CODES = [
  { code: 0, meaning: "done, or the check held" },
  { code: 1, meaning: "it could not be done, or the check did not hold" },
  { code: 64, meaning: "the command line does not fit" },
  { code: 126, meaning: "exec: the command cannot be started" },
  { code: 127, meaning: "exec: there is no such command; otherwise exec has the command's exit code" },
] as const;

/** The exit code for each kind of failure. */
export const EXIT_CODE_OF = {
  usage: 64,
  failure: 1,
  "not-startable": 126,
  "not-found": 127,
} as const satisfies Record<ConsumerErrorCode, (typeof EXIT_CODES)[number]["code"]>;

/** Those that a program with these commands may end with. */
export function exitCodesOf(commands: readonly string[]): readonly (typeof EXIT_CODES)[number][] {
  return EXIT_CODES.filter(({ code }) => code < 126 || commands.includes("exec"));
}
