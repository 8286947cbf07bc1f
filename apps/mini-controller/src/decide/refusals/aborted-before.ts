import { ANNOTATION_ABORT } from "../../api/group.ts";
import { advice } from "../../journal/words.ts";
import type { Check } from "./refusal.ts";

/** A person aborted this very halt in another journal. That one may be over by now: what the person said is not. */
export const abortedBefore: Check = ({ neighbours: { abortedIn } }) => {
  if (abortedIn === undefined) return undefined;
  const message = {
    found: `A person aborted the same halt of this node in NodeHalt ${abortedIn}, by its annotation ${ANNOTATION_ABORT}.`,
    toDo: advice`To go on, remove the annotation there or delete that NodeHalt.`,
  };
  return { reason: "AbortedBefore", message, kind: "page" };
};
