/**
 * Draws what a terminal showed as an SVG: coloured text on standard input, the picture on standard output.
 * Knows the colours that the demo uses; a line longer than the picture is cut with an ellipsis.
 *
 *     FORCE_COLOR=1 COLUMNS=124 sandbox demo | node scripts/picture.ts "What it shows" > docs/demo.svg
 */
import { text } from "node:stream/consumers";

const COLUMNS = 124;
const CELL = { width: 7.3, height: 16 };
const MARGIN = 14;
const COLOURS: Readonly<Record<string, string>> = {
  "1": "#ffffff",
  "2": "#7d8590",
  "31": "#ff7b72",
  "32": "#7ee787",
  "33": "#e3b341",
  "34": "#79c0ff",
  "35": "#d2a8ff",
  "36": "#76e3ea",
};
const PLAIN = "#c9d1d9";

function escapeMarkup(part: string): string {
  return part.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** One row of the picture. Only the last colour that was set counts. */
function row(line: string, index: number): string {
  let colour = PLAIN;
  let left = COLUMNS;
  const spans: string[] = [];
  for (const part of line.split(/(\x1b\[[\d;]*m)/)) {
    const code = /^\x1b\[([\d;]*)m$/.exec(part)?.[1];
    if (code !== undefined) {
      colour = COLOURS[code] ?? PLAIN;
      continue;
    }
    const shown = part.length > left ? `${part.slice(0, Math.max(0, left - 1))}…` : part;
    if (shown !== "" && left > 0) spans.push(`<tspan fill="${colour}">${escapeMarkup(shown)}</tspan>`);
    left -= part.length;
  }
  return `<text x="${MARGIN}" y="${MARGIN + (index + 1) * CELL.height - 4}">${spans.join("")}</text>`;
}

const title = process.argv[2] ?? "A terminal";
const lines = (await text(process.stdin)).trimEnd().split("\n");
const width = Math.ceil(COLUMNS * CELL.width + 2 * MARGIN);
const height = lines.length * CELL.height + 2 * MARGIN;
process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="12" xml:space="preserve">
<title>${escapeMarkup(title)}</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${lines.map(row).join("\n")}
</svg>
`);
