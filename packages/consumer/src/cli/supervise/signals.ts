/**
 * What a supervisor passes on: every signal that can be, but those that a fault of its own raises (SIGSEGV and others),
 * that say something of its own children or pipes (SIGCHLD, SIGPIPE), and that stop a job of a terminal.
 */
export const FORWARDED = [
  "SIGTERM",
  "SIGINT",
  "SIGHUP",
  "SIGQUIT",
  "SIGUSR1",
  "SIGUSR2",
  "SIGALRM",
  "SIGVTALRM",
  "SIGCONT",
  "SIGPWR",
  "SIGWINCH",
] as const satisfies readonly NodeJS.Signals[];

/** What asks for a stop. Of the others a command may take one and run on. */
export const STOPS: ReadonlySet<NodeJS.Signals> = new Set(["SIGTERM", "SIGINT", "SIGQUIT"]);
