import { JOURNAL_EXPORT } from "./journal-export.ts";
import { PREFIXES } from "./line-prefixes.ts";
import { CRI, DOCKER_JSON, JOURNAL_JSON, PM2_JSON, SHIPPED_JSON, STERN_JSON } from "./line-records.ts";
import { type OutputLine, type Transport, withoutColour } from "./output-line.ts";

const TRANSPORTS: readonly Transport[] = [
  DOCKER_JSON,
  PM2_JSON,
  STERN_JSON,
  SHIPPED_JSON,
  JOURNAL_JSON,
  CRI,
  JOURNAL_EXPORT,
  ...PREFIXES,
];
/** A platform around a platform around a node: deeper than this nobody nests. */
const LAYERS = 3;

/**
 * The lines that a node wrote, out of a log in whatever its platform wraps them in: Docker's json-file, CRI, compose, pm2, stern,
 * kubectl, journald (cat, short, export, JSON), syslog, daemontools, s6-log, vector, filebeat. One transport, told by the whole log, holds for all of
 * its lines; with `isUnwrapped` there is none. Colours are taken off. Only a line feed ends a line.
 */
export function outputLines(log: string, isUnwrapped = false): readonly OutputLine[] {
  let lines: readonly OutputLine[] = log
    .split("\n")
    .map((text) => ({ text: text.endsWith("\r") ? text.slice(0, -1) : text }));
  for (let layer = 0; layer < LAYERS && !isUnwrapped; layer += 1) {
    const inner = unwrapped(lines);
    if (inner === undefined) break;
    lines = inner;
  }
  return lines.map(withoutColour);
}

function unwrapped(lines: readonly OutputLine[]): readonly OutputLine[] | undefined {
  if (lines.every(({ text }) => text === "")) return undefined;
  for (const transport of TRANSPORTS) {
    const inner = transport(lines);
    if (inner !== undefined) return inner;
  }
  return undefined;
}
