import type { Evidence } from "../evidence.ts";
import { findPlanLines } from "../log/find-plan-lines.ts";

/** What a script has: an exit code as a shell gives it (128+n for a signal) and, maybe, the end of the log. */
export function evidenceFromExitCode(code: number, logTail = ""): Evidence {
  return {
    process: {
      kind: "ended",
      end: { kind: "exited", code },
      planLines: findPlanLines(logTail, { withUnsure: true }),
    },
  };
}
