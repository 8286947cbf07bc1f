import { median } from "../controller/samples.ts";
import type { Count } from "./counts.ts";

/** Instructions of each piece of work. */
export type Baseline = Readonly<Record<string, number>>;

export type Verdict = "held" | "more" | "restless" | "no baseline" | "not counted";

/** One piece of work beside what it took before. */
export interface Comparison {
  readonly what: string;
  /** The median of the rounds; none where the baseline alone has it. */
  readonly count?: number;
  /** The largest less the smallest, as a share of the median. */
  readonly spread?: number;
  readonly before?: number;
  /** Of what it took before. */
  readonly ratio?: number;
  readonly verdict: Verdict;
}

/** The share of more instructions, and of spread, from which on it did not hold. */
export const MOST = 0.05;

/** Every piece of work that was counted or that the baseline has. `undefined` is a machine or a Node that it does not have. */
export function compare(counts: readonly Count[], baseline: Baseline | undefined): readonly Comparison[] {
  const counted = new Set(counts.map(({ what }) => what));
  const missing = Object.entries(baseline ?? {}).filter(([what]) => !counted.has(what));
  return [
    ...counts.map((count) => comparisonOf(count, baseline?.[count.what])),
    ...missing.map(([what, before]): Comparison => ({ what, before, verdict: "not counted" })),
  ];
}

function comparisonOf({ what, rounds }: Count, before: number | undefined): Comparison {
  const count = median(rounds);
  const spread = (Math.max(...rounds) - Math.min(...rounds)) / count;
  if (before === undefined) return { what, count, spread, verdict: "no baseline" };
  const ratio = count / before;
  const verdict = spread > MOST ? "restless" : ratio > 1 + MOST ? "more" : "held";
  return { what, count, spread, before, ratio, verdict };
}

const WORDS: Readonly<Record<Verdict, string>> = {
  held: "held",
  more: `MORE by over ${MOST * 100} %`,
  restless: "TOO RESTLESS to tell",
  "no baseline": "NO BASELINE",
  "not counted": "NOT COUNTED",
};

/** A table for people. */
export function tableOf(comparisons: readonly Comparison[]): string {
  const whole = (value: number | undefined) => value?.toLocaleString("en") ?? "-";
  const rows = comparisons.map(({ what, count, spread, before, ratio, verdict }) => [
    what,
    ...[whole(count), spread === undefined ? "-" : `${(spread * 100).toFixed(3)} %`],
    ...[whole(before), ratio === undefined ? "-" : `${ratio.toFixed(3)}x`],
    WORDS[verdict],
  ]);
  const heads = ["instructions of", "now", "spread", "baseline", "ratio", ""];
  const widths = [-16, 14, 10, 14, 9, -24];
  const cell = (text: string, width: number) =>
    width < 0 ? `  ${text.padEnd(-width)}` : text.padStart(width);
  const line = (cells: readonly string[]) =>
    cells
      .map((text, i) => cell(text, widths[i] ?? 0))
      .join("")
      .trimEnd();
  return `${[heads, ...rows].map(line).join("\n")}\n`;
}
