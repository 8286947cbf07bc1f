import type { Check } from "./refusal.ts";

/** The roll-out would take down pods of the same template that did not halt. */
export const siblingsRunning: Check = ({ neighbours: { running } }) => {
  if (running.length === 0) return undefined;
  const message = `The roll-out would take down ${running.slice(0, 3).join(", ")}, which did not halt.`;
  return { reason: "SiblingsRunning", message, kind: "wait" };
};
