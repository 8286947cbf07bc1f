import type { EventReader } from "./cluster-event.ts";

/** Writes each event as one line of JSON. */
export function jsonLinesReader(write: (text: string) => void): EventReader {
  return (event) => write(`${JSON.stringify(event)}\n`);
}
