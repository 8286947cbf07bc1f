import type { StoryReader } from "./story-event.ts";

/** Writes each event as one line of JSON. */
export function jsonLinesReader(write: (text: string) => void): StoryReader {
  return (event) => write(`${JSON.stringify(event)}\n`);
}
