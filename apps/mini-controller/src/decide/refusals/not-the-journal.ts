import { isJournal } from "../../journal/journal-name.ts";
import { advice } from "../../journal/words.ts";
import type { Check } from "./refusal.ts";

/** A copy of a halt's journal under another name: two of them would act and page for one halt. */
export const notTheJournal: Check<unknown> = ({ halt }) => {
  if (isJournal(halt)) return undefined;
  const message = {
    found:
      "The controller gives another name to the journal of such a halt, and acts and pages for that one alone.",
    toDo: advice`Find out who wrote this NodeHalt, and delete it.`,
  };
  return { reason: "NotTheJournal", message, kind: "hold" };
};
