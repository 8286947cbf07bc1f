import {
  hasEnded,
  hasUnknownPhase,
  isSwapping,
  type NodeHaltStatus,
  policyNameOf,
} from "../api/node-halt.ts";
import type { Effect, Move } from "../model/move.ts";
import type { Observation } from "../observe/observation.ts";
import { moveAfterEnd } from "./after-end.ts";
import { moveBeforeSwap } from "./before-swap.ts";
import { moveDuringSwap } from "./during-swap.ts";
import { resolutionMove, sendingMove, sooner, untilTold } from "./next-page-move.ts";
import { moveInUnknownPhase } from "./unknown-phase.ts";

/**
 * The next move about one halt: pure, so that every state can be tried, and asked again after each move until it
 * says to wait or to rest. A page that is due goes first (a rollback is told before it is made); one that waits
 * for a later attempt holds nothing up. That a page is over is told when there is nothing else to do.
 */
export function nextMove(observation: Observation): Move<Effect> {
  const page = sendingMove(observation);
  if (page.kind === "effect") return page;
  const move = nextMoveBesidePage(observation);
  if (move.kind === "journal" || move.kind === "effect") return move;
  return sooner<Effect>(sooner<Effect>(page, move), resolutionMove(observation));
}

/**
 * The next move beside a page that is on its way: a receiver that does not answer holds nothing up. Only a rollback is
 * told before it is made, and waits for the first attempt, for some seconds at most.
 */
export function nextMoveBesidePage(observation: Observation): Move {
  const move = moveWithStanding(observation);
  const setsImage = move.kind === "effect" && move.effect.kind === "set-image";
  if (!setsImage || observation.halt.status?.action !== "RollBack") return move;
  const ms = untilTold(observation);
  return ms === undefined ? move : { kind: "wait", ms };
}

function moveWithStanding(observation: Observation): Move {
  const move = moveOfPhase(observation);
  const standing = standingOf(observation);
  if (move.kind === "journal") return { kind: "journal", status: { ...move.status, ...standing } };
  const { status } = observation.halt;
  return standing === undefined || status === undefined || move.kind === "effect"
    ? move
    : { kind: "journal", status: { ...status, ...standing } };
}

function moveOfPhase(observation: Observation): Move {
  const { halt } = observation;
  if (hasUnknownPhase(halt)) return moveInUnknownPhase(observation);
  if (hasEnded(halt)) return moveAfterEnd(observation);
  return isSwapping(halt) ? moveDuringSwap(observation) : moveBeforeSwap(observation);
}

/** What the journal has to learn beside the step: what the pod showed, once, and which policy governs it now. */
function standingOf({ halt, policy, selected, seen }: Observation): NodeHaltStatus | undefined {
  if (hasEnded(halt)) return undefined;
  const isFollowed = policy === undefined || !selected || policy.metadata.name === policyNameOf(halt);
  const isSeen = seen === undefined || halt.status?.seen !== undefined;
  if (isFollowed && isSeen) return undefined;
  return {
    ...(isFollowed ? {} : { policyName: policy.metadata.name }),
    ...(isSeen ? {} : { seen }),
  };
}
