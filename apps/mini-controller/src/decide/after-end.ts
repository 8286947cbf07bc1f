import { CONDITION_RESOLVED } from "../api/node-halt.ts";
import { journalMove } from "../journal/journal-entry.ts";
import type { Words } from "../journal/words.ts";
import { isOpen } from "../judge/same-halt.ts";
import type { Move } from "../model/move.ts";
import type { Observation } from "../observe/observation.ts";
import { ON_OTHER_CHAIN, onOtherChain } from "./on-other-chain.ts";
import { heightPast } from "./recovery.ts";

/** How soon to look again at a node that a person is to put right. */
const LOOK_AGAIN_MS = 5_000;

/** Notes that a halt which ended Paged or Failed is over: its node runs again, by whatever a person did, or halted elsewhere. */
export function moveAfterEnd(observation: Observation): Move {
  const { halt, now } = observation;
  const { phase, reason = "", message = "" } = halt.status ?? {};
  if (phase === undefined || !isOpen(halt)) return { kind: "rest" };
  const over = whyOver(observation);
  if (over === undefined) return { kind: "wait", ms: LOOK_AGAIN_MS };
  const resolved = { type: CONDITION_RESOLVED, status: "True" as const, ...over };
  return journalMove(halt, { phase, reason, message: { found: message }, conditions: [resolved] }, now);
}

function whyOver(observation: Observation): { readonly reason: string; readonly message: Words } | undefined {
  const { pod } = observation;
  const other = onOtherChain(observation);
  if (other !== undefined) return { reason: ON_OTHER_CHAIN, message: other };
  const height = runningHeight(observation);
  if (pod.kind === "gone" || height === undefined) return undefined;
  return { reason: "Running", message: { found: `Runs ${pod.image} and is at height ${height}.` } };
}

function runningHeight({ halt, pod }: Observation): number | undefined {
  if (pod.kind === "healthy") return pod.height;
  return pod.kind === "successor" ? heightPast(halt.spec, pod) : undefined;
}
