import type { PlanLine } from "@upgrade-halt/consumer";

/** What was found in the log of one run of a container. */
export interface LogFinding {
  /** `ContainerRun.id` of the run. */
  readonly run: string;
  readonly planLines: readonly PlanLine[];
}
