import { advice } from "../../journal/words.ts";
import { indexIn, type Sibling } from "../../observe/siblings.ts";
import { comingBackMs, pageIfItLasts } from "../page-timing.ts";
import type { Check } from "./refusal.ts";

/**
 * A StatefulSet that makes its pods in order makes this one anew only once each of a lower ordinal is ready
 * (`processReplica`, kubernetes 1.37): swapped before them it would stay away, and they would wait for its slot.
 */
export const lowerOrdinalFirst: Check = (observation, { step }) => {
  const { halt, workload, siblings, neighbours } = observation;
  if (step === "set-image" || workload.kind !== "found") return undefined;
  const lower = siblings.filter(
    (sibling) => isLower(sibling, halt.spec.podName) && (sibling.state.kind === "halted" || !sibling.isReady),
  );
  if (lower.length === 0) return undefined;
  const reason = "LowerOrdinalFirst";
  // What each of them does meanwhile is not said: with every change of the words the wait would begin again.
  const message = {
    found: `${workload.what} makes its pods in order (podManagementPolicy OrderedReady), so a new ${halt.spec.podName} is made only after others.`,
    toDo: advice`These have to be ready first: ${lower.map(({ name }) => name)}. If one does not become ready by itself, see what it waits for, and put it right.`,
  };
  if (neighbours.swapping === 0) return { reason, message, kind: pageIfItLasts(observation, reason) };
  const kind = pageIfItLasts(observation, reason, comingBackMs(observation));
  return { reason, message, kind: kind === "wait" ? "watch" : kind };
};

function isLower({ group, index }: Sibling, podName: string): boolean {
  const own = indexIn(group, podName);
  return group.isOrdered === true && own !== undefined && index !== undefined && index < own;
}
