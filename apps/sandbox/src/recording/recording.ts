import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { ClusterEvent, EventReader } from "../events/cluster-event.ts";
import { ClusterEventSchema } from "../events/event-schema.ts";
import { SandboxError } from "../sandbox-error.ts";
import { type Entry, isClusterEvent } from "./history.ts";
import { ViewChangeSchema } from "./view-change.ts";

const MOST_ENTRIES = 1_000_000;
const EntrySchema = z.discriminatedUnion("kind", [ClusterEventSchema, ViewChangeSchema]);

/** Reads a recording: one entry a line. @throws SandboxError naming file and line of what is none. */
export async function readRecording(file: string): Promise<readonly Entry[]> {
  const reader = new EntryReader(file);
  try {
    for await (const text of createInterface({ input: createReadStream(file, "utf8") })) reader.read(text);
  } catch (cause) {
    if (cause instanceof SandboxError) throw cause;
    throw new SandboxError(`can't read the recording ${file}: ${whyOf(cause)}`, { cause });
  }
  return reader.end();
}

/** Reads the text of a recording. @throws SandboxError naming the line of what is no entry, `name` before it. */
export function parseRecording(text: string, name: string): readonly Entry[] {
  const reader = new EntryReader(name);
  for (const line of text.split("\n")) reader.read(line);
  return reader.end();
}

class EntryReader {
  readonly #name: string;
  readonly #entries: Entry[] = [];
  #line = 0;

  constructor(name: string) {
    this.#name = name;
  }

  read(text: string): void {
    this.#line += 1;
    if (text.trim() === "") return;
    try {
      this.#entries.push(readEntry(text));
      if (this.#entries.length > MOST_ENTRIES)
        throw new Error(`a recording has at most ${MOST_ENTRIES} lines`);
    } catch (cause) {
      throw new SandboxError(`can't read the recording ${this.#name}, line ${this.#line}: ${whyOf(cause)}`, {
        cause,
      });
    }
  }

  end(): readonly Entry[] {
    if (!this.#entries.some(isClusterEvent)) throw new SandboxError(`the recording ${this.#name} is empty`);
    return this.#entries;
  }
}

function readEntry(text: string): Entry {
  const value: unknown = JSON.parse(text);
  const read = EntrySchema.safeParse(value);
  // As it was written: its members keep their order.
  if (read.success) return value as Entry;
  const [issue] = read.error.issues;
  const where = issue?.path.map(String).join(".") || "kind";
  throw new Error(`it is no event: \`${where}\`: ${issue?.message ?? "is unknown"}`);
}

function whyOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

export interface ReplayOptions {
  /** Divides the time between events. */
  readonly speed: number;
  readonly signal: AbortSignal;
}

/** Hands events to a reader with the time between them; resolves with whether it came to the end. */
export async function replay(
  events: readonly ClusterEvent[],
  read: EventReader,
  { speed, signal }: ReplayOptions,
): Promise<boolean> {
  let last = Date.parse(events[0]?.at ?? "");
  for (const event of events) {
    const wait = (Date.parse(event.at) - last) / speed;
    if (wait >= 1) await delay(wait, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return false;
    last = Math.max(last, Date.parse(event.at));
    read(event);
  }
  return true;
}
