import { type Advice, advice, NO_ADVICE } from "../../journal/words.ts";
import type { Observation } from "../../observe/observation.ts";

/**
 * What is to be said beside the request to set `image`, or any, by hand: which pods of the same template have not halted, and
 * would be restarted by that. Nothing where there are none.
 */
export function notYet({ siblings }: Pick<Observation, "siblings">, image?: string): Advice {
  const running = siblings.flatMap(({ name, state, image: own }) =>
    state.kind === "not-halted" && (image === undefined || own !== image) ? [`${name} (${state.found})`] : [],
  );
  if (running.length === 0) return NO_ADVICE;
  return advice` Wait until these pods of the same template have halted, too, which it would restart: ${running}.`;
}
