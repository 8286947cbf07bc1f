import { styleText } from "node:util";
import type { ClusterEvent, EventReader, Expectation, Outcome, TheEnd } from "./cluster-event.ts";
import { wordsOf } from "./event-words.ts";
import { outcomeTable } from "./outcome-table.ts";
import { wrap } from "./wrap.ts";

export interface TerminalOptions {
  readonly write: (text: string) => void;
  /** Width to wrap lines at; without one they stay whole. */
  readonly columns?: number | undefined;
  /** Milliseconds since the epoch that the TIME column counts from. */
  readonly startedAt?: number;
}

const TIME = 7;
const NODE = 5;
const SINCE = 10;
const WORD = 10;
/** The columns before the text, and the two spaces between each. */
const INDENT = TIME + NODE + SINCE + WORD + 4 * 2;
/** Text narrower than this is not worth wrapping. */
const NARROWEST = 20;

/**
 * Tells events in lines for a person: when, where, how long after the halt, what; a table and what held at the end.
 */
export function terminalReader({ write, columns, startedAt = Date.now() }: TerminalOptions): EventReader {
  const outcomes: Outcome[] = [];
  const line = (event: ClusterEvent): readonly string[] => {
    switch (event.kind) {
      case "chapter":
        return [
          "",
          ...wrap(event.title, columns ?? Number.POSITIVE_INFINITY).map((text) => styleText("bold", text)),
        ];
      case "outcome":
        outcomes.push(event);
        return [];
      case "expectation":
        return [...outcomeTable(outcomes.splice(0)), ...expectation(event, columns)];
      case "the-end":
        return ["", theEnd(event, startedAt)];
      default:
        return timeline(event, startedAt, columns);
    }
  };
  write(`${heading()}\n`);
  return (event) => {
    for (const text of line(event)) write(`${text}\n`);
  };
}

function heading(): string {
  return styleText("dim", columnsOf("TIME", "NODE", "AFTER HALT", "WHAT").trimEnd());
}

function columnsOf(time: string, node: string, since: string, word: string): string {
  return `${time.padStart(TIME)}  ${node.padEnd(NODE)}  ${since.padStart(SINCE)}  ${word.padEnd(WORD)}  `;
}

function timeline(
  event: Parameters<typeof wordsOf>[0],
  startedAt: number,
  columns = Number.POSITIVE_INFINITY,
): readonly string[] {
  const { word, text, style } = wordsOf(event);
  const time = `${((Date.parse(event.at) - startedAt) / 1000).toFixed(2)}s`;
  const node = ("node" in event && event.node) || "";
  const since = "sinceHaltMs" in event && event.sinceHaltMs !== undefined ? `+${event.sinceHaltMs} ms` : "";
  const prefix = columnsOf(time, node, since, "").slice(0, INDENT - WORD - 2);
  const [first = "", ...rest] = wrap(text, Math.max(NARROWEST, columns - INDENT));
  return [
    `${styleText("dim", prefix)}${styleText(style, word.padEnd(WORD))}  ${first}`,
    ...rest.map((part) => `${" ".repeat(INDENT)}${part}`),
  ];
}

function expectation(
  { held, text, found }: Expectation,
  columns = Number.POSITIVE_INFINITY,
): readonly string[] {
  const mark = held ? styleText("green", "held  ") : styleText("red", "BROKEN");
  const [first = "", ...rest] = wrap(
    held ? text : `${text} (found: ${found})`,
    Math.max(NARROWEST, columns - 8),
  );
  return [`${mark}  ${first}`, ...rest.map((part) => `${" ".repeat(8)}${part}`)];
}

function theEnd({ at, expectations, broken }: TheEnd, startedAt: number): string {
  const seconds = ((Date.parse(at) - startedAt) / 1000).toFixed(1);
  if (broken === 0) return styleText("green", `All ${expectations} expectations held, after ${seconds} s.`);
  return styleText("red", `${broken} of ${expectations} expectations did not hold.`);
}
