import type { Cleanup } from "../../harness/cleanup.ts";

/** Where a part of the benchmark runs. */
export interface Place {
  readonly cleanup: Cleanup;
  /** Says where the run is. */
  readonly progress: (text: string) => void;
}
