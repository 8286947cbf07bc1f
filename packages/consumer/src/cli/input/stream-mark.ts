import { randomUUID } from "node:crypto";

/** The line between two pieces of an output that came on different streams. No command can know it, and so write it. */
export const STREAM_MARK = `another stream: ${randomUUID()}`;

/** Writes down what comes on two streams in one place, with that line wherever the stream changes. */
export function markStreams(give: (lines: Uint8Array) => void): (lines: Uint8Array, stream: 0 | 1) => void {
  const mark = Buffer.from(`${STREAM_MARK}\n`);
  let last: 0 | 1 = 0;
  return (lines, stream) => {
    if (stream !== last) give(mark);
    last = stream;
    give(lines);
  };
}
