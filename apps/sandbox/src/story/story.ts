import type { Happening, StoryEvent, StoryReader } from "./story-event.ts";

/** The record of what happened: stamps each happening and hands it to every reader at once. */
export class Story {
  readonly #readers: readonly StoryReader[];
  readonly #now: () => number;

  constructor(readers: readonly StoryReader[], now: () => number = Date.now) {
    this.#readers = readers;
    this.#now = now;
  }

  tell(happening: Happening): void {
    const event: StoryEvent = { at: new Date(this.#now()).toISOString(), ...happening };
    for (const read of this.#readers) read(event);
  }
}
