import { advice } from "../../journal/words.ts";
import { isReached } from "./reach.ts";
import type { Check } from "./refusal.ts";

/** A rollback would take another pod of the template to an image that this one was not seen to run directly before. */
export const siblingRanAnother: Check = (observation, proposal) => {
  const { workload, siblings } = observation;
  if (proposal.action !== "RollBack" || workload.kind !== "found") return undefined;
  const others = siblings.filter(
    (sibling) =>
      sibling.uid !== undefined &&
      sibling.ranBefore !== proposal.image &&
      isReached(observation, proposal, sibling),
  );
  if (others.length === 0) return undefined;
  const names = others.map(({ name, ranBefore }) => `${name} (${ranBefore ?? "none is known"})`);
  const message = {
    found: `${workload.what} makes other pods from the same template, which were not seen to run ${proposal.image} last.`,
    toDo: advice`An image that did not run on a node's data may not fit it: decide for each of these yourself, by what it ran last: ${names}.`,
  };
  return { reason: "SiblingRanAnother", message, kind: "page" };
};
