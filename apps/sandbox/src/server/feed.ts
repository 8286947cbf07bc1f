import type { NumberedEvent } from "./run.ts";
import type { RunSwitcher } from "./run-switcher.ts";

/** The state is sent this often at most. */
const STATE_EVERY_MS = 40;
/** Without a change the state is sent this often all the same, so that a page knows that its server is there. */
const HEARTBEAT_MS = 2_000;

/** What a page is given: text of server-sent events. */
type Reader = (text: Buffer) => void;

/** What all pages of a sandbox are told: it is read and written down once, however many pages there are. */
export class Feed {
  readonly #switcher: RunSwitcher;
  readonly #readers = new Set<Reader>();
  #run: RunSwitcher["run"];
  /** Number of the last event that was told. */
  #told = 0;
  #now = "";
  /** All of the state but its time. */
  #state = "";
  #sentAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #forget: () => void = () => {};

  constructor(switcher: RunSwitcher) {
    this.#switcher = switcher;
    this.#run = switcher.run;
  }

  /** Tells `reader` what came after the event `lastId`, and from now on all that changes, until the returned function is called. */
  join(lastId: string, reader: Reader): () => void {
    if (this.#readers.size === 0) this.#begin();
    this.#send(false);
    const [run = "", last = ""] = lastId.split("-");
    const known = Number(run) === this.#run.number ? Number(last) || 0 : 0;
    const missed = this.#run.eventsAfter(known).filter(({ id }) => id <= this.#told);
    reader(Buffer.from(`${this.#written(missed)}${this.#writtenState()}`));
    this.#readers.add(reader);
    return () => {
      if (this.#readers.delete(reader) && this.#readers.size === 0) this.#end();
    };
  }

  #begin(): void {
    this.#forget = this.#switcher.onChange(() => {
      const wait = Math.max(0, STATE_EVERY_MS - (performance.now() - this.#sentAt));
      this.#timer ??= setTimeout(() => this.#send(false), wait);
    });
    this.#heartbeat = setInterval(() => this.#send(true), HEARTBEAT_MS);
  }

  #end(): void {
    this.#forget();
    clearInterval(this.#heartbeat);
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #send(isBeat: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sentAt = performance.now();
    if (this.#run !== this.#switcher.run) {
      this.#run = this.#switcher.run;
      this.#told = 0;
    }
    const events = this.#run.eventsAfter(this.#told);
    this.#told = events.at(-1)?.id ?? this.#told;
    const { now, ...state } = this.#run.state();
    this.#now = now;
    const text = JSON.stringify(state);
    const isNew = text !== this.#state;
    this.#state = text;
    if (!isNew && !isBeat && events.length === 0) return;
    const bytes = Buffer.from(`${this.#written(events)}${isNew || isBeat ? this.#writtenState() : ""}`);
    for (const reader of this.#readers) reader(bytes);
  }

  #written(events: readonly NumberedEvent[]): string {
    const run = this.#run.number;
    return events
      .map(({ id, event }) => `event: story\nid: ${run}-${id}\ndata: ${JSON.stringify(event)}\n\n`)
      .join("");
  }

  #writtenState(): string {
    return `event: state\ndata: {"now":${JSON.stringify(this.#now)},${this.#state.slice(1)}\n\n`;
  }
}
