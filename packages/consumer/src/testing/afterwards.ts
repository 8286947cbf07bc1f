import type { Afterwards } from "../doctor/fate/restart-rules.ts";

/** A unit that nothing else starts once it has ended. */
export const NOTHING_AFTERWARDS: Afterwards = {
  failureAction: "none",
  successAction: "none",
  onFailure: [],
  onSuccess: [],
  upheldBy: [],
  pulledInBy: [],
  triggeredBy: [],
  startingHooks: [],
};
