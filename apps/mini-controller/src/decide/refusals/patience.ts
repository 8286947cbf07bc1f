import type { Observation } from "../../observe/observation.ts";
import type { Refusal } from "./refusal.ts";

/** How long others may take to halt or to end before a person is told that the node waits for them. */
const PATIENCE_MS = 60_000;

/**
 * Waits in silence at first. Then a person is told, and the node goes on waiting. A halt that is said to be detected at
 * no time, or far in the future, has waited long enough.
 */
export function waitThenPage({ halt, now }: Observation): Refusal["kind"] {
  const waitedMs = now - Date.parse(halt.spec.detectedAt);
  return Math.abs(waitedMs) < PATIENCE_MS ? "wait" : "page";
}

/**
 * Waits in silence for what may be over in a moment. A person is told once the journal has said `reason` for so long,
 * and stays told.
 */
export function pageIfItLasts(
  { halt: { status }, now }: Observation,
  reason: string,
  patienceMs = PATIENCE_MS,
): Refusal["kind"] {
  if (status?.reason !== reason) return "wait";
  const stoodMs = now - Date.parse(status.steps?.at(-1)?.at ?? "");
  return status.phase !== "Held" && Math.abs(stoodMs) < patienceMs ? "wait" : "page";
}

/** How long a node that halted may take to come back by other hands, in ms: as long as after a swap. */
export function comingBackMs({ policy }: Observation): number {
  return (policy?.spec.recoveryTimeoutSeconds ?? 600) * 1_000;
}
