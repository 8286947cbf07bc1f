/**
 * Every step of a halt, in the order in which a halt takes them. The `artifact-*` steps repeat for each
 * artifact. A step's name is told to `onStep` once the step is done, before the next one begins.
 */
export const HALT_STEPS = [
  "decided",
  "artifact-written",
  "artifact-synced",
  "artifact-renamed",
  "artifact-listed",
  "artifacts-durable",
  "logged",
  "printed",
  "published",
  "consensus-stopped",
  "servers-stopped",
] as const;
/** One of {@link HALT_STEPS}. */
export type HaltStep = (typeof HALT_STEPS)[number];

/** Told after each step, in the same turn. What it throws is ignored. */
export type StepObserver = (step: HaltStep) => void;
