import type { Observation } from "../../observe/observation.ts";
import { named } from "./named.ts";

/**
 * What is to be said beside the request to set `image`, or any, by hand: which pods of the same template have not halted, and
 * would be restarted by that. Empty where there are none.
 */
export function notYet({ siblings }: Pick<Observation, "siblings">, image?: string): string {
  const running = siblings.flatMap(({ name, state, image: own }) =>
    state.kind === "not-halted" && (image === undefined || own !== image) ? [`${name} (${state.found})`] : [],
  );
  if (running.length === 0) return "";
  return ` Wait until these pods of the same template have halted, too, which it would restart: ${named(running)}.`;
}
