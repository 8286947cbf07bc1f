import { quotedName } from "@upgrade-halt/consumer";
import { advice } from "../../journal/words.ts";
import type { Sibling } from "../../observe/siblings.ts";
import { waitThenPage } from "../page-timing.ts";
import { isReached } from "./reach.ts";
import type { Check } from "./refusal.ts";

/**
 * Other pods of the template would be changed or restarted, now or when they are next made anew, and have not halted
 * for the plan. Missing pods and unknown states count as not halted.
 */
export const siblingsNotHalted: Check = (observation, proposal) => {
  const { halt, workload } = observation;
  if (workload.kind !== "found") return undefined;
  const reached = observation.siblings.filter(
    (sibling) => sibling.state.kind !== "halted" && isReached(observation, proposal, sibling),
  );
  if (reached.length === 0) return undefined;
  const { planName = "of an unknown name", height } = halt.spec;
  const names = reached.map((sibling) => `${sibling.name} (${wordsFor(sibling)})`);
  const plan = `plan ${quotedName(planName)}${height === undefined ? "" : ` at height ${height}`}`;
  return {
    reason: "SiblingsNotHalted",
    message: {
      found: `${workload.what} makes other pods from the same template, which have not halted for ${plan}.`,
      toDo: advice`The image changes when all of these have: ${names}.`,
    },
    kind: waitThenPage(observation),
  };
};

function wordsFor({ state, group, image }: Sibling): string {
  switch (state.kind) {
    case "halted":
      return "halted";
    case "past":
      return group.strategy.kind === "OnDelete"
        ? `runs past it on ${image}, and would get another image when it is next made anew`
        : "runs past it, and would be restarted";
    case "not-halted":
      return state.found;
  }
}
