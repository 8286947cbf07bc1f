import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { SandboxError } from "../sandbox-error.ts";
import { EVENT_KINDS, type StoryEvent, type StoryReader } from "./story-event.ts";

const MOST_EVENTS = 1_000_000;

/** Reads a recording: one event a line. @throws SandboxError naming file and line of what is none. */
export async function readRecording(file: string): Promise<readonly StoryEvent[]> {
  const events: StoryEvent[] = [];
  let line = 0;
  try {
    for await (const text of createInterface({ input: createReadStream(file, "utf8") })) {
      line += 1;
      if (text.trim() === "") continue;
      events.push(readEvent(text));
      if (events.length > MOST_EVENTS) throw new Error(`a recording has at most ${MOST_EVENTS} events`);
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SandboxError(`can't read the recording ${file}, line ${line}: ${why}`, { cause });
  }
  if (events.length === 0) throw new SandboxError(`the recording ${file} is empty`);
  return events;
}

function readEvent(text: string): StoryEvent {
  const value: unknown = JSON.parse(text);
  const isEvent =
    typeof value === "object" &&
    value !== null &&
    "kind" in value &&
    "at" in value &&
    EVENT_KINDS.some((kind) => kind === value.kind) &&
    !Number.isNaN(Date.parse(String(value.at)));
  if (!isEvent) throw new Error("it is no event of a story: `kind` or `at` is missing or unknown");
  return value as StoryEvent;
}

export interface ReplayOptions {
  /** Divides the time between events. */
  readonly speed: number;
  readonly signal: AbortSignal;
}

/** Hands events to a reader with the time between them; resolves with whether it came to the end. */
export async function replay(
  events: readonly StoryEvent[],
  read: StoryReader,
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
