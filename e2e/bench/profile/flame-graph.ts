import type { Call } from "./cpu-profile.ts";

const WIDTH = 1200;
const ROW = 18;
const HEAD = 30;
/** Narrower calls would not be seen. */
const LEAST = 0.5;
/** Of a letter. */
const LETTER = 6.6;

interface Box {
  readonly call: Call;
  readonly x: number;
  readonly depth: number;
}

/**
 * A flame graph as an SVG that stands alone: below each function, as wide as the time they took, those that it called. Pointing at
 * one tells its place, its time and its share.
 */
export function flameGraph(root: Call, title: string): string {
  const boxes = boxesOf(root, 0, 0, WIDTH / root.total);
  const height = HEAD + (Math.max(...boxes.map(({ depth }) => depth)) + 1) * ROW;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="11">
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
<text x="4" y="19" font-size="14">${escaped(title)}</text>
${boxes.map((box) => drawn(box, root.total)).join("\n")}
</svg>
`;
}

function boxesOf(call: Call, x: number, depth: number, scale: number): readonly Box[] {
  const boxes: Box[] = [{ call, x, depth }];
  let left = x;
  for (const inner of call.calls) {
    if (inner.total * scale >= LEAST) boxes.push(...boxesOf(inner, left, depth + 1, scale));
    left += inner.total * scale;
  }
  return boxes;
}

function drawn({ call, x, depth }: Box, all: number): string {
  const { name, place, self, total } = call;
  const width = (total / all) * WIDTH;
  const y = HEAD + depth * ROW;
  const ms = (time: number) => `${(time / 1000).toFixed(1)} ms`;
  const told = `${name} ${place}\n${ms(total)}, ${((total / all) * 100).toFixed(1)} %; itself ${ms(self)}`;
  const letters = Math.floor((width - 4) / LETTER);
  const label =
    letters < 3
      ? ""
      : `<text x="${(x + 2).toFixed(1)}" y="${y + 13}">${escaped(name.slice(0, letters))}</text>`;
  const size = `x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 1}"`;
  return `<g><title>${escaped(told)}</title><rect ${size} fill="${colourOf(place)}"/>${label}</g>`;
}

/** One for each file, so that a file is found again; all light enough for black letters. */
function colourOf(place: string): string {
  const [file = ""] = place.split(/:\d+$/);
  const hue = [...file].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7);
  return `hsl(${hue},70%,78%)`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
