import { styleText } from "node:util";
import { describeClaim } from "../../halt-case.ts";
import type { Recommendation } from "../../recommendation.ts";
import type { Verdict } from "../../verdict.ts";
import { beginningIn } from "./columns.ts";
import type { Io } from "./io.ts";

type Style = Parameters<typeof styleText>[0];

/** A short name of a verdict for a table or a headline: `halted: upgrade_required (plan v6.7 at height 30)`. */
export function headline(verdict: Verdict): string {
  switch (verdict.kind) {
    case "halted":
      return `halted: ${describeClaim(verdict)}${verdict.corroborated ? "" : ", not corroborated"}`;
    case "unrecognised-halt":
      return verdict.code === undefined ? "unrecognised halt" : `unrecognised halt: ${verdict.code}`;
    case "crashed":
      return `crashed: ${verdict.cause.kind}`;
    case "running":
      return verdict.height === undefined ? "running" : `running at ${verdict.height}`;
    case "stopped":
    case "unknown":
      return verdict.kind;
  }
}

const STYLES = {
  halted: "yellow",
  "unrecognised-halt": "red",
  crashed: "red",
  running: "green",
  stopped: "cyan",
  unknown: "gray",
} as const satisfies Record<Verdict["kind"], Style>;

/**
 * The headline in the colour of its kind, where the stream shows colours and `NO_COLOR` does not forbid them, cut to so
 * many columns.
 */
export function colouredHeadline(verdict: Verdict, io: Io, columns = Number.POSITIVE_INFINITY): string {
  return paint(STYLES[verdict.kind], beginningIn(headline(verdict), columns), io);
}

/** A text in a style, where the stream shows colours and `NO_COLOR` does not forbid them. */
export function paint(style: Style, text: string, { stdout, env }: Io): string {
  const plain = env.TERM === "dumb" || (env.NO_COLOR !== undefined && env.NO_COLOR !== "");
  return plain || stdout.isTTY !== true ? text : styleText(style, text, { validateStream: false });
}

/** A verdict on one line: its headline, why, and what does not fit, so that no halt line is passed over. */
export function oneLine(verdict: Verdict): string {
  return [`${headline(verdict)}.`, verdict.why, ...verdict.contradictions].join(" ");
}

/** A verdict, and what to do about it, for a person. */
export function renderVerdict(verdict: Verdict, recommendation: Recommendation | undefined, io: Io): string {
  const lines = [colouredHeadline(verdict, io), `  why: ${verdict.why}`];
  for (const contradiction of verdict.contradictions) lines.push(`  but: ${contradiction}`);
  if (recommendation !== undefined) lines.push(`  do:  ${describeAction(recommendation)}`);
  return `${lines.join("\n")}\n`;
}

function describeAction(recommendation: Recommendation): string {
  const page = recommendation.page && recommendation.action !== "page" ? ", and page" : "";
  return `${recommendation.action}${page} (${recommendation.reason}). ${recommendation.why}`;
}
