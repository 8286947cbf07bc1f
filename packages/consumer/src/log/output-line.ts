/** A line of a node's own output, as it wrote it, and when, where what carried it says so (ms since the epoch). */
export interface OutputLine {
  readonly text: string;
  readonly at?: number | undefined;
  /** A supervisor wrote it, not the node. */
  readonly isSupervisors?: boolean | undefined;
  /** Who wrote it, as what carried it says: the name of a container, a unit or a program. */
  readonly source?: string | undefined;
  /** Which of two streams that were read apart it came on: the order of lines of two streams is not known for sure. */
  readonly stream?: number | undefined;
  /** It was written after all that comes before it, on whichever stream. */
  readonly isLater?: boolean | undefined;
}

/** The source of a line that was wrapped twice. */
export function sourceWithin(outer: string | undefined, inner: string | undefined): string | undefined {
  return outer === undefined || inner === undefined ? (outer ?? inner) : `${outer} ${inner}`;
}

/**
 * How a platform writes down the lines of a node: the lines inside, or `undefined` where not every line of the log is
 * written down so. A node's own text could look like one line of any platform, and never like all of them.
 */
export type Transport = (lines: readonly OutputLine[]) => readonly OutputLine[] | undefined;

const COLOUR = new RegExp(String.raw`${String.fromCharCode(27)}\[[\d;:?]*[A-Za-z]`, "g");
const NAME = /UPGRADE "[^"]*"/g;

/** The line without a logger's colours. Within a plan's name there is none: what looks like one is part of the name. */
export function withoutColour(line: OutputLine): OutputLine {
  if (!line.text.includes("\u001b")) return line;
  const named = line.text.replace(NAME, (name) => name.replaceAll("\u001b", "\ufffd"));
  return { ...line, text: named.replace(COLOUR, "") };
}
