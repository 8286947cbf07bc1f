import type { ConsumerErrorCode } from "../consumer-error.ts";

/** What the command's own exit codes mean. 64 is EX_USAGE of sysexits.h, 127 a shell's. */
export const EXIT_CODES = [
  { code: 0, meaning: "done, or the check held" },
  { code: 1, meaning: "it could not be done, or the check did not hold" },
  { code: 64, meaning: "the command line does not fit" },
  { code: 127, meaning: "exec: the command cannot be started; otherwise exec has the command's exit code" },
] as const;

/** The exit code for each kind of failure. */
export const EXIT_CODE_OF = { usage: 64, failure: 1, "not-startable": 127 } as const satisfies Record<
  ConsumerErrorCode,
  (typeof EXIT_CODES)[number]["code"]
>;
