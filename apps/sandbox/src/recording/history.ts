import { EVENT_KINDS, type StoryEvent } from "../story/story-event.ts";
import type { ViewChange } from "./view-change.ts";
import { Views } from "./views.ts";

/** A line of a recording: something that happened, or how that changed what is shown. */
export type Entry = StoryEvent | ViewChange;

const KINDS: ReadonlySet<string> = new Set(EVENT_KINDS);

export function isStory(entry: Entry): entry is StoryEvent {
  return KINDS.has(entry.kind);
}

/** Everything that a run showed, so that it can be shown again as it was. The oldest goes first when it grows too large. */
export class History {
  readonly #mostCharacters: number;
  /** What the page showed before the first entry. */
  readonly #base = new Views();
  #entries: { readonly entry: Entry; readonly characters: number }[] = [];
  #characters = 0;
  /** Events of the story that are no longer here. */
  #forgotten = 0;

  constructor(mostCharacters = Number.POSITIVE_INFINITY) {
    this.#mostCharacters = mostCharacters;
  }

  add(entry: Entry): void {
    const characters = this.#mostCharacters === Number.POSITIVE_INFINITY ? 0 : JSON.stringify(entry).length;
    this.#entries.push({ entry, characters });
    this.#characters += characters;
    if (this.#characters > this.#mostCharacters) this.#forgetAQuarter();
  }

  /** What was shown when the event of this number happened (the first is 1); undefined when it is not here. */
  at(number: number): { readonly views: Views; readonly event: StoryEvent } | undefined {
    if (!(number > this.#forgotten)) return undefined;
    const views = copyOf(this.#base);
    let count = this.#forgotten;
    let event: StoryEvent | undefined;
    for (const { entry } of this.#entries) {
      if (isStory(entry)) {
        count += 1;
        if (count === number) event = entry;
      } else if (event === undefined || isLate(entry, event)) views.apply(entry);
    }
    return event === undefined ? undefined : { views, event };
  }

  /** The recording, as JSON lines. */
  *lines(): Generator<string> {
    const first = this.#entries[0]?.entry.at ?? new Date(0).toISOString();
    if (this.#forgotten > 0)
      for (const change of this.#base.changes(first)) yield `${JSON.stringify(change)}\n`;
    for (const { entry } of this.#entries) yield `${JSON.stringify(entry)}\n`;
  }

  #forgetAQuarter(): void {
    const { length } = this.#entries;
    for (const { entry, characters } of this.#entries.splice(0, Math.ceil(length / 4))) {
      this.#characters -= characters;
      if (isStory(entry)) this.#forgotten += 1;
      else this.#base.apply(entry);
    }
  }
}

/** A log is read a moment after it was written. */
function isLate(change: ViewChange, event: StoryEvent): boolean {
  return change.kind === "view-log" && Date.parse(change.at) <= Date.parse(event.at);
}

function copyOf(views: Views): Views {
  const copy = new Views();
  for (const change of views.changes("")) copy.apply(change);
  return copy;
}
