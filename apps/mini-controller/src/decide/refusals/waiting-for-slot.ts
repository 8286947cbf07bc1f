import { ANNOTATION_ABORT } from "../../api/group.ts";
import { isSaid } from "../../journal/journal-entry.ts";
import { advice } from "../../journal/words.ts";
import { pageIfItLasts } from "../page-timing.ts";
import type { Check } from "./refusal.ts";

/**
 * As many nodes as the policy allows are between their swap and their recovery. Each comes to its end in its time, unless
 * something speaks against its next act: where all of them stand still so, nothing here goes on by itself either.
 */
export const waitingForSlot: Check = (observation, { step }) => {
  const { halt, policy, neighbours } = observation;
  if (policy === undefined || step !== "decide") return undefined;
  const { maxConcurrent } = policy.spec;
  if (neighbours.swapping < maxConcurrent) return undefined;
  const reason = "WaitingForSlot";
  const { stuck = [] } = neighbours;
  if (stuck.length < maxConcurrent)
    return { reason, message: { found: `${maxConcurrent} other nodes are being swapped.` }, kind: "watch" };
  const message = {
    toDo: advice`As many swaps stand still as maxConcurrent allows (${String(maxConcurrent)}): NodeHalt ${stuck}. Do what such a NodeHalt asks for, or stop its swap for good by its annotation ${ANNOTATION_ABORT}=true: then this one goes on.`,
  };
  // The other swap may have been on its way for long: it is from when it stands still that nobody waits in vain.
  const isNews = halt.status?.phase !== "Held" && !isSaid(halt.status, { reason, message });
  return { reason, message, kind: isNews ? "wait" : pageIfItLasts(observation, reason) };
};
