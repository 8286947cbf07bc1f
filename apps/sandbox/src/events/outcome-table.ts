import { styleText } from "node:util";
import type { Outcome } from "./cluster-event.ts";

type Column = readonly [heading: string, cell: (outcome: Outcome) => string, align: "left" | "right"];

/** Narrow enough for eighty characters. */
const COLUMNS: readonly Column[] = [
  ["NODE", ({ node }) => node, "left"],
  ["REASON", ({ reason }) => reason || "-", "left"],
  ["PLAN", ({ plan }) => plan || "-", "left"],
  ["VERDICT", ({ verdict }) => verdict, "left"],
  ["ACTION", ({ action }) => action, "left"],
  ["END", ({ end }) => end, "left"],
  ["SWAP ms", ({ haltToSwapMs }) => milliseconds(haltToSwapMs), "right"],
  ["END ms", ({ haltToEndMs }) => milliseconds(haltToEndMs), "right"],
];

/** The lines of the final table, none for no outcome. */
export function outcomeTable(outcomes: readonly Outcome[]): readonly string[] {
  if (outcomes.length === 0) return [];
  const rows = outcomes.map((outcome) => COLUMNS.map(([, cell]) => cell(outcome)));
  const widths = COLUMNS.map(([heading], column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const print = (cells: readonly string[]): string =>
    cells.map((cell, column) => aligned(cell, widths[column] ?? 0, COLUMNS[column]?.[2])).join("  ");
  return [
    styleText("bold", print(COLUMNS.map(([heading]) => heading))),
    ...rows.map(print),
    styleText("dim", "SWAP and END count from the halt: to the changed image, and to where it ended."),
    "",
  ];
}

function aligned(cell: string, width: number, align: Column[2] = "left"): string {
  return align === "left" ? cell.padEnd(width) : cell.padStart(width);
}

function milliseconds(value: number | null): string {
  return value === null ? "-" : String(value);
}
