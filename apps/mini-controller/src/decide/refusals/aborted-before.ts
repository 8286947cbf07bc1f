import { ANNOTATION_ABORT } from "../../api/group.ts";
import { advice } from "../../journal/words.ts";
import type { Check } from "./refusal.ts";

/**
 * A person aborted this halt in another journal, or one whose plan was not known, which may be this one for as long as it stands. What the
 * person said holds until the person takes it back.
 */
export const abortedBefore: Check = ({ neighbours: { abortedIn } }) => {
  if (abortedIn === undefined) return undefined;
  const message = {
    found: `A person aborted this halt of the node, or one that still stands and may be this one, in NodeHalt ${abortedIn}, by its annotation ${ANNOTATION_ABORT}.`,
    toDo: advice`To go on, remove the annotation there or delete that NodeHalt.`,
  };
  return { reason: "AbortedBefore", message, kind: "page" };
};
