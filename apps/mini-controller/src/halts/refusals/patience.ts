import type { Observation } from "../observation.ts";
import type { Refusal } from "./refusal.ts";

/** How long others may take to halt or to end before a person is told that the node waits for them. */
const PATIENCE_MS = 60_000;

/** Waits for others in silence at first. Then a person is told, and the node goes on waiting. */
export function waitThenPage({ halt, now }: Observation): Refusal["kind"] {
  return now - Date.parse(halt.spec.detectedAt) >= PATIENCE_MS ? "page" : "wait";
}
