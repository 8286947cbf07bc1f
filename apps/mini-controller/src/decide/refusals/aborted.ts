import { ANNOTATION_ABORT } from "../../api/group.ts";
import { ABORTED, isAborted } from "../../api/node-halt.ts";
import type { Check } from "./refusal.ts";

/** A person wants nothing more to be done about this halt. */
export const aborted: Check = ({ halt }) =>
  isAborted(halt)
    ? {
        reason: ABORTED,
        message: { found: `Its annotation ${ANNOTATION_ABORT} says to stop.` },
        kind: "hold",
      }
    : undefined;
