import type { Changing } from "../changes.ts";
import type { Entry } from "../recording/history.ts";
import type { Scenario } from "../scenario/schema.ts";
import type { Run } from "./run.ts";

/** What every page of one server shows, and where another scenario, or a recording, may take its place. */
export interface RunSwitcher extends Changing {
  readonly run: Run;
  /** @throws SandboxError when no scenario can be played here. */
  change(name: string, scenario?: Scenario): Promise<void>;
  /** @throws SandboxError when no recording can be told here. */
  replay(name: string, recording: readonly Entry[], speed: number): Promise<void>;
  /** Tells the recording at another speed. @throws SandboxError when none is told. */
  setSpeed(speed: number): void;
}
