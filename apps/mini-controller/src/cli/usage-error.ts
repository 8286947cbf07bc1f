/** Exit codes of the program, as in sysexits.h. */
export const EXIT_USAGE = 64;
export const EXIT_FAILURE = 1;

/** A fault in how the program was called: one sentence, exit code 64. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
