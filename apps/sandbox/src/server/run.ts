import type { Action } from "../actions/action.ts";
import type { ClusterEvent } from "../events/cluster-event.ts";
import type { History } from "../recording/history.ts";
import type { NodeDetails, RunState } from "../recording/run-state.ts";
import { SandboxError } from "../sandbox-error.ts";

/** The page keeps the newest of them: it is a window on a run, not its archive. */
export const MOST_EVENTS = 2_000;

/** An event with its number in the run: the first is 1. */
export interface NumberedEvent {
  readonly id: number;
  readonly event: ClusterEvent;
}

/** A moment of a run: what the page showed when an event happened, and one node's log and wire then. */
export interface Moment {
  readonly state: RunState;
  readonly details: NodeDetails;
}

/** What every page of a sandbox shows: a live run, or a recording that is told again. */
export interface Run {
  /** Its number: another run has another. */
  readonly number: number;
  state(): RunState;
  /** The events from a number on. */
  eventsAfter(id: number): readonly NumberedEvent[];
  nodeDetails(node: string): NodeDetails | Promise<NodeDetails>;
  /** What was shown when an event happened. @throws SandboxError when that is not kept. */
  moment(id: number, node: string): Moment;
  /** @throws SandboxError when it can't be done. */
  act(action: Action): Promise<void>;
  /** The run as JSON lines, up to now. */
  recording(): Iterable<string>;
}

/** A moment from a run's history. @throws SandboxError when it is not there. */
export function momentOf(
  history: History,
  run: number,
  id: number,
  node: string,
  replay?: RunState["replay"],
): Moment {
  const found = history.at(id);
  if (found === undefined)
    throw new SandboxError(`run ${run} keeps no moment ${id}: it is too old, or was not yet`);
  const { views, event } = found;
  const state = views.state({
    run,
    now: event.at,
    noChanges: "This is a moment that is over.",
    ...(replay === undefined ? {} : { replay }),
  });
  return { state, details: views.details(node === "" ? (state.nodes[0]?.node ?? "") : node) };
}
