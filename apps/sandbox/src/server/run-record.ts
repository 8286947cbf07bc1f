import type { ClusterEvent } from "../events/cluster-event.ts";
import { type Entry, History, isClusterEvent } from "../recording/history.ts";
import { type Answer, Recorder } from "../recording/recorder.ts";
import type { NodeDetails, RunState } from "../recording/run-state.ts";
import { Views } from "../recording/views.ts";
import { NumberedEvents } from "./numbered-events.ts";
import { type Moment, momentOf, type NumberedEvent } from "./run.ts";

/** So much of a run can be shown again. */
const MOST_CHARACTERS = 32 * 1024 * 1024;

/** A run as it goes on: its events, and what the page showed at each moment of it. */
export class RunRecord {
  readonly #number: number;
  readonly #events = new NumberedEvents();
  readonly #recorder = new Recorder();
  readonly #history = new History(MOST_CHARACTERS);
  /** What the history's last entry left. */
  readonly #views = new Views();

  constructor(number: number) {
    this.#number = number;
  }

  /** Keeps what changed in what is shown since the last look. */
  look(state: RunState, answerOf: (node: string) => Answer | undefined): void {
    for (const change of this.#recorder.changes(state, answerOf)) this.add(change);
  }

  add(entry: Entry): void {
    this.#history.add(entry);
    if (!isClusterEvent(entry)) this.#views.apply(entry);
  }

  tell(event: ClusterEvent): void {
    this.add(event);
    this.#events.add(event);
  }

  eventsAfter(id: number): readonly NumberedEvent[] {
    return this.#events.after(id);
  }

  details(node: string): NodeDetails {
    return this.#views.details(node);
  }

  /** @throws SandboxError when it is not kept. */
  moment(id: number, node: string): Moment {
    return momentOf(this.#history, this.#number, id, node);
  }

  /** The recording, as JSON lines. */
  lines(): Iterable<string> {
    return this.#history.lines();
  }
}
