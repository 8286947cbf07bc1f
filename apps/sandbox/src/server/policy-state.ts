import { arrayAt, at, type Json, numberAt, objectAt, stringAt } from "../json/json.ts";
import type { RunState } from "../recording/run-state.ts";

/** What the page shows of a HaltPolicy; of none, what one says that says nothing. */
export function policyState(policy: Json | undefined): RunState["policy"] {
  const spec = objectAt(policy, "spec");
  return {
    upgrades: arrayAt(spec, "upgrades").map((one) => ({
      plan: stringAt(one, "planName") ?? "",
      height: numberAt(one, "height") ?? 0,
      image: stringAt(one, "image") ?? "",
    })),
    paused: at(spec, "paused") === true,
    dryRun: at(spec, "dryRun") === true,
    inferredHalts: stringAt(spec, "inferredHalts") ?? "Page",
    maxConcurrent: numberAt(spec, "maxConcurrent") ?? 1,
  };
}
