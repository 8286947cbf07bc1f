import type { ClusterEvent } from "../events/cluster-event.ts";
import { MOST_EVENTS, type NumberedEvent } from "./run.ts";

/** The newest events of a run, numbered from 1. */
export class NumberedEvents {
  readonly #events: NumberedEvent[] = [];

  add(event: ClusterEvent): void {
    this.#events.push({ id: (this.#events.at(-1)?.id ?? 0) + 1, event });
    if (this.#events.length > MOST_EVENTS) this.#events.shift();
  }

  after(id: number): readonly NumberedEvent[] {
    return this.#events.filter((one) => one.id > id);
  }
}
