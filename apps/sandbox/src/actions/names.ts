/** How a node behaves from its next start on, and the flags of `mock-node` that make it so. */
export const BEHAVIOURS = {
  exit: [],
  "stay-alive": ["--halt-stay-alive"],
  panic: ["--legacy", "panic"],
  zombie: ["--legacy", "zombie"],
  "null-status": ["--halt-stay-alive", "--fault-populate"],
  "endless-status": ["--fault-endless-status"],
  "slow-status": ["--fault-slow-status", "10s"],
  "other-chain": ["--chain-id", "mock-2"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/**
 * Writes of the controller at which it can be made to wait: a step in the journal, or an effect. That a halt was
 * detected and recorded is told by its object itself, so `journal-Recorded` is where that is made.
 */
export const GATES = [
  "journal-Recorded",
  "journal-Swapping",
  "journal-Recreating",
  "journal-Recovering",
  "journal-Recovered",
  "journal-Held",
  "journal-Paged",
  "journal-Failed",
  "journal-Withdrawn",
  "set-image",
  "delete-pod",
] as const;
export type Gate = (typeof GATES)[number];
