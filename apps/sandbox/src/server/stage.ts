import type { Action } from "../actions/action.ts";
import type { Changing } from "../changes.ts";
import type { Scenario } from "../scenario/schema.ts";
import type { NodeDetails, NumberedEvent, RunState } from "./live-run.ts";

/** What a page shows. */
export interface Run {
  /** Its number: another run has another. */
  readonly number: number;
  state(): RunState;
  /** The events from a number on. */
  eventsAfter(id: number): readonly NumberedEvent[];
  nodeDetails(node: string): Promise<NodeDetails>;
  /** @throws SandboxError when it can't be done. */
  act(action: Action): Promise<void>;
}

/** What every page of one server shows, and where another scenario may take its place. */
export interface Stage extends Changing {
  readonly run: Run;
  /** @throws SandboxError when no scenario can be played here. */
  change(name: string, scenario?: Scenario): Promise<void>;
}
