import type { NumberedEvent } from "./run.ts";
import type { RunSwitcher } from "./run-switcher.ts";

/**
 * What changed is told this much later, with all that changed meanwhile: sooner than an eye sees it, and mostly after the few writes of
 * a swap, which would wait for it.
 */
const TELL_AFTER_MS = 40;
/** Without a change the state is sent this often all the same, so that a page knows that its server is there. */
const HEARTBEAT_MS = 2_000;

/** What a page is given: text of server-sent events. */
type Reader = (text: Buffer) => void;

/**
 * What all pages of a sandbox are told: it is read and written down once, however many pages there are. A page that comes is told the
 * whole state, and from then on the members of it that change: most of a state is halts and writes that are over.
 */
export class Feed {
  readonly #switcher: RunSwitcher;
  readonly #readers = new Set<Reader>();
  #run: RunSwitcher["run"];
  /** Number of the last event that was told. */
  #told = 0;
  #now = "";
  /** The state's members but its time, each as JSON. */
  #state: ReadonlyMap<string, string> = new Map();
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
    reader(Buffer.from(`${this.#written(missed)}${this.#stateEvent("state", this.#state)}`));
    this.#readers.add(reader);
    return () => {
      if (this.#readers.delete(reader) && this.#readers.size === 0) this.#end();
    };
  }

  #begin(): void {
    this.#forget = this.#switcher.onChange(() => {
      this.#timer ??= setTimeout(() => this.#send(false), TELL_AFTER_MS);
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
    if (this.#run !== this.#switcher.run) {
      this.#run = this.#switcher.run;
      this.#told = 0;
    }
    const events = this.#run.eventsAfter(this.#told);
    this.#told = events.at(-1)?.id ?? this.#told;
    const change = this.#look();
    if (change === "" && !isBeat && events.length === 0) return;
    const bytes = Buffer.from(
      `${this.#written(events)}${change || (isBeat ? this.#stateEvent("change", []) : "")}`,
    );
    for (const reader of this.#readers) reader(bytes);
  }

  /** The event that tells what changed in the state since the last look; empty where nothing did. */
  #look(): string {
    const { now, ...members } = this.#run.state();
    const state = new Map(
      Object.entries(members).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, JSON.stringify(value)] as const],
      ),
    );
    const last = this.#state;
    this.#now = now;
    this.#state = state;
    const isWhole = last.get("run") !== state.get("run") || [...last.keys()].some((name) => !state.has(name));
    const changed = [...state].filter(([name, text]) => isWhole || last.get(name) !== text);
    return changed.length === 0 ? "" : this.#stateEvent(isWhole ? "state" : "change", changed);
  }

  #written(events: readonly NumberedEvent[]): string {
    const run = this.#run.number;
    return events
      .map(({ id, event }) => `event: cluster\nid: ${run}-${id}\ndata: ${JSON.stringify(event)}\n\n`)
      .join("");
  }

  /** `state` tells all of it, `change` the members that are others now. */
  #stateEvent(event: "state" | "change", members: Iterable<readonly [string, string]>): string {
    const texts = [["now", JSON.stringify(this.#now)] as const, ...members].map(
      ([name, text]) => `${JSON.stringify(name)}:${text}`,
    );
    return `event: ${event}\ndata: {${texts.join(",")}}\n\n`;
  }
}
