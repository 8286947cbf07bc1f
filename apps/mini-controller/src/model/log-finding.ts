import type { PlanLine } from "@upgrade-halt/consumer";

/** A line that the log may have, and that proves nothing. */
export function unsure(line: PlanLine): PlanLine {
  return { ...line, unsure: true };
}

/** What was found in the log of one run of a container. */
export interface LogFinding {
  /** `ContainerRun.id` of the run. */
  readonly run: string;
  readonly planLines: readonly PlanLine[];
  /** Why a halt line that the log may have could not be read; absent where it was read far enough. */
  readonly lost?: string | undefined;
}
