import type { ChildProcess } from "node:child_process";
import type { Guard } from "./kill-with-us.ts";

/** How long a node that lives on after its halt, or after the shell that waited for it, has to end in order, in ms. */
export const END_GRACE_MS = 30_000;

/** Asks a node that lives on after its halt to end, and after the grace kills it with all that it started. */
export function endInOrder(child: ChildProcess, guard: Guard): void {
  child.kill("SIGTERM");
  const late = setTimeout(() => guard.kill(), END_GRACE_MS);
  child.once("exit", () => clearTimeout(late));
}
