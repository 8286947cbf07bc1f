import { advice } from "../../journal/words.ts";
import { templateChange } from "../template-change.ts";
import { notYet } from "./not-yet.ts";
import type { Check } from "./refusal.ts";

/** Somebody else decides the image, and would write it back: an owner, or a tool that applies a declared state. */
export const ownedBy: Check = (observation, { image }) => {
  const { workload } = observation;
  if (workload.kind !== "found" || workload.manager === undefined) return undefined;
  if (templateChange(observation, image).kind === "none") return undefined;
  const { who, by } = workload.manager;
  const field = workload.pointer.slice(1).replaceAll("/", ".");
  const message = {
    found: `${workload.what} is managed by ${who} (as ${by} says), which would write ${field} back from ${image} to what it declares.`,
    toDo: advice`Set the image in ${who}.${notYet(observation, image)}`,
  };
  return { reason: "OwnedBy", message, kind: "page" };
};
