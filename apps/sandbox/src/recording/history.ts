import { type ClusterEvent, EVENT_KINDS } from "../events/cluster-event.ts";
import { PackedLines } from "./packed-lines.ts";
import type { ViewChange } from "./view-change.ts";
import { Views } from "./views.ts";

/** A line of a recording: something that happened, or how that changed what is shown. */
export type Entry = ClusterEvent | ViewChange;

const KINDS: ReadonlySet<string> = new Set(EVENT_KINDS);

export function isClusterEvent(entry: Entry): entry is ClusterEvent {
  return KINDS.has(entry.kind);
}

/** Lines that are packed together: few enough to be read at once. */
const PAGE_CHARACTERS = 256 * 1024;
/** So much of a history that is too large goes at once. */
const GOES = 1 / 4;

/** Entries in a row, as JSON. */
interface Page {
  readonly entries: PackedLines;
  /** Events before its first entry. */
  readonly eventsBefore: number;
  /** Time of the earliest line of a log that was read in it, in milliseconds since the epoch. */
  earliestLog: number;
}

/** Everything that a run showed, so that it can be shown again as it was. The oldest goes first when it grows too large. */
export class History {
  readonly #mostCharacters: number;
  readonly #pageCharacters: number;
  /** What the page showed before the first entry. */
  readonly #base = new Views();
  #pages: readonly Page[] = [{ entries: new PackedLines(), eventsBefore: 0, earliestLog: Infinity }];
  #characters = 0;
  #hasForgotten = false;
  /** Events so far. */
  #eventCount = 0;

  constructor(mostCharacters = Infinity) {
    this.#mostCharacters = mostCharacters;
    this.#pageCharacters = Math.min(PAGE_CHARACTERS, mostCharacters / 8);
  }

  add(entry: Entry): void {
    const page = this.#open();
    const text = JSON.stringify(entry);
    page.entries.add(text);
    this.#characters += text.length;
    if (isClusterEvent(entry)) this.#eventCount += 1;
    if (entry.kind === "view-log") page.earliestLog = Math.min(page.earliestLog, Date.parse(entry.at));
    if (this.#characters > this.#mostCharacters) this.#forget();
  }

  /** What was shown when the event of this number happened (the first is 1); undefined when it is not here. */
  at(number: number): { readonly views: Views; readonly event: ClusterEvent } | undefined {
    const [first] = this.#pages;
    if (first === undefined || !(number > first.eventsBefore)) return undefined;
    const views = copyOf(this.#base);
    let event: ClusterEvent | undefined;
    for (const { entries, eventsBefore, earliestLog } of this.#pages) {
      if (event !== undefined && earliestLog > Date.parse(event.at)) continue;
      let count = eventsBefore;
      for (const entry of entriesOf(entries)) {
        if (isClusterEvent(entry)) {
          count += 1;
          if (count === number) event = entry;
        } else if (event === undefined || isLate(entry, event)) views.apply(entry);
      }
    }
    return event === undefined ? undefined : { views, event };
  }

  /** The recording up to now, as JSON lines. */
  *lines(): Generator<string> {
    const pages = this.#pages;
    const [first] = pages[0]?.entries.lines() ?? [];
    if (this.#hasForgotten && first !== undefined)
      for (const change of this.#base.changes(entryOf(first).at)) yield `${JSON.stringify(change)}\n`;
    for (const { entries } of pages) for (const line of entries.lines()) yield `${line}\n`;
  }

  /** The page that the next entry goes to. */
  #open(): Page {
    const last = this.#pages.at(-1);
    if (last !== undefined && last.entries.characters < this.#pageCharacters) return last;
    last?.entries.pack();
    const page = { entries: new PackedLines(), eventsBefore: this.#eventCount, earliestLog: Infinity };
    this.#pages = [...this.#pages, page];
    return page;
  }

  #forget(): void {
    while (this.#pages.length > 1 && this.#characters > this.#mostCharacters * (1 - GOES)) {
      const [oldest, ...rest] = this.#pages;
      for (const entry of oldest === undefined ? [] : entriesOf(oldest.entries))
        if (!isClusterEvent(entry)) this.#base.apply(entry);
      this.#characters -= oldest?.entries.characters ?? 0;
      this.#pages = rest;
      this.#hasForgotten = true;
    }
  }
}

function entriesOf(entries: PackedLines): readonly Entry[] {
  return entries.lines().map(entryOf);
}

function entryOf(line: string): Entry {
  return JSON.parse(line);
}

/** A log is read a moment after it was written. */
function isLate(change: ViewChange, event: ClusterEvent): boolean {
  return change.kind === "view-log" && Date.parse(change.at) <= Date.parse(event.at);
}

function copyOf(views: Views): Views {
  const copy = new Views();
  for (const change of views.changes("")) copy.apply(change);
  return copy;
}
