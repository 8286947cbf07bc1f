import { advice } from "../../journal/words.ts";
import { UNREAD } from "../../judge/unread-halt.ts";
import { notYet } from "./not-yet.ts";
import type { Check } from "./refusal.ts";

/** Whether the node halted is not known, as its log could not be read: nothing is done, and a person looks. */
export const logNotRead: Check<unknown> = (observation) => {
  const { spec } = observation.halt;
  if (spec.reason !== UNREAD) return undefined;
  const message = {
    found: "Whether it halted is not known, and nothing is done.",
    toDo: advice`Read the log of container ${spec.container} yourself; if it has a halt line, start the release that it asks for.${notYet(observation)}`,
  };
  return { reason: "LogNotRead", message, kind: "page" };
};
