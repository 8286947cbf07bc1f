/** How the process that a supervisor started ended. */
export type SeenEnd =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signalled"; readonly signal: "KILL" | "ABRT" | "SEGV" };

/** `unsure`: it depends on what was not read, or on when the node ends. */
export type Fate = "stays-down" | "started-again" | "unsure";
