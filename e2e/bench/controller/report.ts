/** One figure, what it is compared with, and what was hoped for. */
export interface Row {
  /** The heading that it stands under. */
  readonly part: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The other side of the comparison, in the same unit. */
  readonly beside?: { readonly what: string; readonly value: number };
  readonly target?: Target;
  /** What nothing can be below that keeps the same promises, measured in the same run. */
  readonly floor?: { readonly what: string; readonly value: number };
}

/** The most that the figure, or its ratio to the other side's, may be, or the least. */
export type Target = { readonly of: "value" | "ratio" } & (
  | { readonly atMost: number }
  | { readonly atLeast: number }
);

/** `undefined` where nothing stands beside it, or nothing that could be divided by. */
export function ratioOf({ value, beside }: Row): number | undefined {
  return beside === undefined || beside.value === 0 ? undefined : value / beside.value;
}

/** Whether a row's target was met; `undefined` where it has none. */
export function isMet(row: Row): boolean | undefined {
  if (row.target === undefined) return undefined;
  const measured = row.target.of === "value" ? row.value : ratioOf(row);
  if (measured === undefined) return false;
  return "atMost" in row.target ? measured <= row.target.atMost : measured >= row.target.atLeast;
}

/** The rows as a table for people, part by part. */
export function tableOf(rows: readonly Row[]): string {
  const lines: string[] = [];
  let part = "";
  for (const row of rows) {
    if (row.part !== part) lines.push("", row.part);
    part = row.part;
    lines.push(lineOf(row));
  }
  return `${lines.slice(1).join("\n")}\n`;
}

function lineOf(row: Row): string {
  const { what, value, unit, beside } = row;
  const ratio = ratioOf(row);
  const other = beside === undefined ? "" : `${beside.what} ${shown(beside.value)} ${unit}`;
  return [
    `  ${what.padEnd(46)}`,
    `${shown(value)} ${unit}`.padStart(14),
    other.padStart(38),
    (ratio === undefined ? "" : `${ratio.toFixed(2)}x`).padStart(8),
    verdictOf(row),
    floorOf(row),
  ]
    .join("")
    .trimEnd();
}

function verdictOf(row: Row): string {
  const { target, unit } = row;
  if (target === undefined) return "";
  const [bound, limit] = "atMost" in target ? ["at most", target.atMost] : ["at least", target.atLeast];
  return `   ${isMet(row) ? "met" : "MISSED"}: ${bound} ${limit}${target.of === "ratio" ? "x" : ` ${unit}`}`;
}

function floorOf({ floor, value, unit }: Row): string {
  if (floor === undefined) return "";
  const times = floor.value === 0 ? "" : `, ${(value / floor.value).toFixed(2)}x`;
  return `   floor: ${floor.what} ${shown(floor.value)} ${unit}${times}`;
}

/** Three digits are what a benchmark knows. */
function shown(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
