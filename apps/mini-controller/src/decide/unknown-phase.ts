import { BY_HAND } from "../journal/by-hand.ts";
import { isPaged, journalMove, type StepDraft } from "../journal/journal-entry.ts";
import { advice } from "../journal/words.ts";
import type { Move } from "../model/move.ts";
import type { Observation } from "../observe/observation.ts";
import { summaryOf } from "./before-swap.ts";

/**
 * The move about a halt that a newer controller brought to a phase of its own: a person is told, the phase stays, and that
 * controller can go on once it is back.
 */
export function moveInUnknownPhase(observation: Observation): Move {
  const { halt, policy, now } = observation;
  const { status } = halt;
  if (status?.phase === undefined) return { kind: "rest" };
  const reason = "PhaseUnknown";
  const message = {
    found: `A newer controller brought it to ${status.phase}, which this one does not know: nothing is done.`,
    toDo: advice`Run the newer controller again. ${BY_HAND} Delete this NodeHalt then.`,
  };
  const page = policy?.spec.dryRun ? undefined : { reason, summary: summaryOf(observation, message) };
  const draft: StepDraft = { phase: status.phase, reason, message, page };
  const isTold = page === undefined || isPaged(status, reason);
  return status.reason === reason && isTold ? { kind: "rest" } : journalMove(halt, draft, now);
}
