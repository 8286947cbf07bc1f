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
export type Deed = (typeof EFFECTS)[number] | `journal-${Phase}`;

/** A point right before or right after a deed: a crash there must lose and double nothing. */
export type Boundary = `${"before" | "after"}:${Deed}`;

/** Every boundary there is, for tests that crash at each. */
export const BOUNDARIES: readonly Boundary[] = [...EFFECTS, ...JOURNAL].flatMap((deed): Boundary[] => [
  `before:${deed}`,
  `after:${deed}`,
]);

/** Told of each boundary as it is passed; a test's hook ends the process there. */
export type OnBoundary = (boundary: Boundary) => void;

/** Does a deed between its two boundaries. */
export async function between<T>(deed: Deed, onBoundary: OnBoundary, work: () => Promise<T>): Promise<T> {
  onBoundary(`before:${deed}`);
  const result = await work();
  onBoundary(`after:${deed}`);
  return result;
}
