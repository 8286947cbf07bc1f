import { setTimeout as delay, setImmediate } from "node:timers/promises";
import type { Action } from "../actions/action.ts";
import { Changes } from "../changes.ts";
import { type Entry, History, isClusterEvent } from "../recording/history.ts";
import type { NodeDetails, ReplayState, RunState } from "../recording/run-state.ts";
import { Views } from "../recording/views.ts";
import { ViewsOfEvents } from "../recording/views-of-events.ts";
import { SandboxError } from "../sandbox-error.ts";
import { NumberedEvents } from "./numbered-events.ts";
import { type Moment, momentOf, type NumberedEvent, type Run } from "./run.ts";

const NO_CHANGES = "This is a recording: nothing runs, so nothing can be changed.";
/** Entries that are told without a pause for others. */
const IN_A_ROW = 1_000;
/** A player that stands still looks again whether it may go on when its speed changes; nothing else wakes it. */
const FOREVER_MS = 2 ** 31 - 1;

/** A recording that is told again, at any speed, with what the page showed then. */
export class ReplayRun extends Changes implements Run {
  readonly name: string;
  readonly number: number;
  readonly #entries: readonly Entry[];
  readonly #history = new History();
  readonly #events = new NumberedEvents();
  readonly #views = new Views();
  readonly #interrupt = new AbortController();
  #speed: number;
  #told = 0;
  #now: string;
  #wake = new AbortController();

  constructor(name: string, number: number, recording: readonly Entry[], speed: number) {
    super();
    this.name = name;
    this.number = number;
    this.#entries = recording.every(isClusterEvent) ? withViews(recording) : recording;
    for (const entry of this.#entries) this.#history.add(entry);
    this.#now = this.#entries[0]?.at ?? "";
    this.#speed = speed;
  }

  /** Tells the recording to its end, or until it is stopped. */
  async play(): Promise<void> {
    const { signal } = this.#interrupt;
    for (const entry of this.#entries) {
      await this.#until(Date.parse(entry.at));
      if (signal.aborted) return;
      this.#tellEntry(entry);
      if (this.#told % IN_A_ROW === 0) await setImmediate();
    }
  }

  /** Divides the time between events from now on; 0 stands still. */
  setSpeed(speed: number): void {
    this.#speed = speed;
    this.#wake.abort();
    this.#wake = new AbortController();
    this.tell();
  }

  state(): RunState {
    const { title, ...state } = this.#views.state({
      run: this.number,
      now: this.#now,
      noChanges: NO_CHANGES,
      replay: this.#replay(),
    });
    return { ...state, name: this.name, title: title || this.name };
  }

  eventsAfter(id: number): readonly NumberedEvent[] {
    return this.#events.after(id);
  }

  nodeDetails(node: string): NodeDetails {
    return this.#views.details(node);
  }

  moment(id: number, node: string): Moment {
    return momentOf(this.#history, this.number, id, node, this.#replay());
  }

  act(_: Action): Promise<void> {
    return Promise.reject(new SandboxError(NO_CHANGES));
  }

  recording(): Iterable<string> {
    return this.#history.lines();
  }

  async stop(): Promise<void> {
    this.#interrupt.abort();
    this.setSpeed(0);
  }

  #replay(): ReplayState {
    return { speed: this.#speed, told: this.#told, of: this.#entries.length };
  }

  /** Waits until the recording's clock comes to a time. */
  async #until(time: number): Promise<void> {
    while (!this.#interrupt.signal.aborted) {
      const left = time - Date.parse(this.#now);
      if (left <= 0) return;
      const began = performance.now();
      const speed = this.#speed;
      const waitMs = speed === 0 ? FOREVER_MS : Math.min(left / speed, FOREVER_MS);
      await delay(waitMs, undefined, { signal: this.#wake.signal, ref: false }).catch(() => undefined);
      const passed = Math.min(left, (performance.now() - began) * speed);
      this.#now = new Date(Date.parse(this.#now) + Math.ceil(passed)).toISOString();
    }
  }

  #tellEntry(entry: Entry): void {
    this.#told += 1;
    if (isClusterEvent(entry)) this.#events.add(entry);
    else this.#views.apply(entry);
    this.tell();
  }
}

/** Events with what can be shown of it. */
function withViews(events: readonly Entry[]): readonly Entry[] {
  const views = new ViewsOfEvents();
  return events.flatMap((event) => (isClusterEvent(event) ? [...views.changes(event), event] : [event]));
}
