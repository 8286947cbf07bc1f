import type { ClusterEvent, EventReader, NewEvent } from "./cluster-event.ts";

/** The record of what happened: sets the time of each event and hands it to every reader at once. */
export class EventLog {
  readonly #readers: readonly EventReader[];
  readonly #now: () => number;
  #isClosed = false;

  constructor(readers: readonly EventReader[], now: () => number = Date.now) {
    this.#readers = readers;
    this.#now = now;
  }

  /** What happens from now on is told to nobody. */
  close(): void {
    this.#isClosed = true;
  }

  tell(event: NewEvent): void {
    if (this.#isClosed) return;
    const stamped: ClusterEvent = { at: new Date(this.#now()).toISOString(), ...event };
    for (const read of this.#readers) read(stamped);
  }
}
