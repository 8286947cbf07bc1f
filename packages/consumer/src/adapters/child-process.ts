import type { Evidence, ProcessEnd } from "../evidence.ts";
import { findOwnLines } from "../log/find-plan-lines.ts";

/** What Node's `exit` event of a child process carries, and what the caller kept beside it. */
export interface ChildExit {
  /** 0-255, or `null` where a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly endedAt?: number | undefined;
  /** The end of what the child wrote. */
  readonly logTail?: string | undefined;
}

/** How a child of this very process ended. */
export function evidenceFromChildExit(exit: ChildExit): Evidence {
  const { startedAt, endedAt, logTail = "" } = exit;
  return {
    process: {
      kind: "ended",
      end: endOf(exit),
      startedAt,
      endedAt,
      planLines: findOwnLines(logTail),
    },
  };
}

function endOf({ code, signal }: ChildExit): ProcessEnd {
  if (signal !== null) return { kind: "signalled", signal };
  return code === null ? { kind: "unrecorded" } : { kind: "exited", code };
}
