import { closeSync, constants, fsyncSync, ftruncateSync, readFileSync, writeSync } from "node:fs";
import {
  decodeHaltIntent,
  encodeHaltIntent,
  type HaltIntent,
  HaltIntentSchema,
} from "@upgrade-halt/contract";
import { openToAppend } from "./open-to-append.ts";

/** What became of a plan, or that the node halted. */
export type JournalEvent =
  | { readonly event: "applied"; readonly plan: string; readonly height: number }
  | { readonly event: "cleared"; readonly plan: string; readonly height: number }
  /** The block of `height` was not applied; this is what was said of it. */
  | { readonly event: "halted"; readonly height: number; readonly intent: HaltIntent };

/**
 * The upgrade history of the chain and of its halts, one JSON line an event, append-only. The node's own memory:
 * nothing outside reads it. A line that a killed process left unfinished is cut off by the next `open`.
 */
export class Journal {
  readonly #file: number;
  readonly #events: JournalEvent[];

  private constructor(file: number, events: JournalEvent[]) {
    this.#file = file;
    this.#events = events;
  }

  /** Opens or makes the journal. Throws what the file system throws. */
  static open(path: string): Journal {
    const file = openToAppend(path, constants.O_RDWR | constants.O_APPEND);
    const bytes = readFileSync(path);
    const whole = bytes.lastIndexOf(0x0a) + 1;
    if (whole < bytes.length) ftruncateSync(file, whole);
    const lines = bytes.subarray(0, whole).toString().split("\n").slice(0, -1);
    return new Journal(
      file,
      lines.map(parseEvent).filter((event) => event !== undefined),
    );
  }

  get events(): readonly JournalEvent[] {
    return this.#events;
  }

  /** Returns when the event is on disk. An event that is the newest one already is not written twice. */
  append(event: JournalEvent): void {
    const line = encodeEvent(event);
    const newest = this.#events.at(-1);
    if (newest === undefined || encodeEvent(newest) !== line) {
      const bytes = Buffer.from(`${line}\n`);
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
      this.#events.push(event);
    }
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }
}

function encodeEvent(event: JournalEvent): string {
  if (event.event !== "halted") return JSON.stringify(event);
  return `{"event":"halted","height":${event.height},"intent":${encodeHaltIntent(event.intent)}}`;
}

function parseEvent(line: string): JournalEvent | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const { event, plan, height, intent }: Record<string, unknown> = { ...parsed };
  if (typeof height !== "number") return undefined;
  if ((event === "applied" || event === "cleared") && typeof plan === "string")
    return { event, plan, height };
  if (event !== "halted") return undefined;
  const reading = decodeHaltIntent(intent);
  if (reading.kind !== "intent") return undefined;
  const whole = HaltIntentSchema.safeParse(reading.intent);
  return whole.success ? { event, height, intent: whole.data } : undefined;
}
