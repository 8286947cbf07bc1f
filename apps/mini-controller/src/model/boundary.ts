import { type Phase, PhaseSchema } from "../api/node-halt.ts";

const EFFECTS = [
  "create-halt",
  "set-image",
  "delete-pod",
  "claim-page",
  "send-page",
  "confirm-page",
  "claim-resolution",
  "send-resolution",
  "confirm-resolution",
] as const;
/** Detected is told by the object itself, and never journaled alone. */
const JOURNAL = PhaseSchema.exclude(["Detected"]).options.map((phase) => `journal-${phase}` as const);

/** What the controller does outside its own memory while it handles a halt, one after the other. */
export type Operation = (typeof EFFECTS)[number] | `journal-${Phase}`;

/** A point right before or right after an operation: a crash there must lose and double nothing. */
export type Boundary = `${"before" | "after"}:${Operation}`;

/** Every boundary there is, for tests that crash at each. */
export const BOUNDARIES: readonly Boundary[] = [...EFFECTS, ...JOURNAL].flatMap((operation): Boundary[] => [
  `before:${operation}`,
  `after:${operation}`,
]);

/** Told of each boundary as it is passed; a test's hook ends the process there. */
export type OnBoundary = (boundary: Boundary) => void;

/** Does an operation between its two boundaries. */
export async function between<T>(
  operation: Operation,
  onBoundary: OnBoundary,
  work: () => Promise<T>,
): Promise<T> {
  onBoundary(`before:${operation}`);
  const result = await work();
  onBoundary(`after:${operation}`);
  return result;
}
