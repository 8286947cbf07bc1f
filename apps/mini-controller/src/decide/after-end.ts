import { CONDITION_RESOLVED } from "../api/node-halt.ts";
import { journalMove } from "../journal/journal-entry.ts";
import { isOpen } from "../judge/same-halt.ts";
import type { Move } from "../model/move.ts";
import type { Observation } from "../observe/observation.ts";
import { heightPast } from "./recovery.ts";

/** How soon to look again at a node that a person is to put right. */
const LOOK_AGAIN_MS = 5_000;

/** Notes that a halt which ended Paged or Failed is over: its node runs again, by whatever a person did. */
export function moveAfterEnd(observation: Observation): Move {
  const { halt, pod, now } = observation;
  const { phase, reason = "", message = "" } = halt.status ?? {};
  if (phase === undefined || !isOpen(halt)) return { kind: "rest" };
  const height = runningHeight(observation);
  if (pod.kind === "gone" || height === undefined) return { kind: "wait", ms: LOOK_AGAIN_MS };
  const resolved = {
    type: CONDITION_RESOLVED,
    status: "True" as const,
    reason: "Running",
    message: { found: `Runs ${pod.image} and is at height ${height}.` },
  };
  return journalMove(halt, { phase, reason, message: { found: message }, conditions: [resolved] }, now);
}

function runningHeight({ halt, pod }: Observation): number | undefined {
  if (pod.kind === "healthy") return pod.height;
  return pod.kind === "successor" ? heightPast(halt.spec, pod) : undefined;
}
