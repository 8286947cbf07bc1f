import type { Happening, StoryEvent, StoryReader } from "./story-event.ts";

/** The record of what happened: stamps each happening and hands it to every reader at once. */
export class Story {
  readonly #readers: readonly StoryReader[];
  readonly #now: () => number;
  #isClosed = false;

  constructor(readers: readonly StoryReader[], now: () => number = Date.now) {
    this.#readers = readers;
    this.#now = now;
  }

  /** What happens from now on is told to nobody. */
  close(): void {
    this.#isClosed = true;
  }

  tell(happening: Happening): void {
    if (this.#isClosed) return;
    const event: StoryEvent = { at: new Date(this.#now()).toISOString(), ...happening };
    for (const read of this.#readers) read(event);
  }
}
