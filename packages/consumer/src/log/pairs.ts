/** A text as Go quotes it. */
export const QUOTED = String.raw`"(?:[^"\\]|\\.)*"`;
const PAIR = new RegExp(String.raw`([\w.@/-]+)=(${QUOTED}|\S*)(?:\s+|$)`, "y");

type Pair = readonly [key: string, value: string];

/** The value of the one pair that has one of these names. */
export function onlyValue(pairs: readonly Pair[], names: ReadonlySet<string>): string | undefined {
  const [pair, ...others] = pairs.filter(([key]) => names.has(key));
  return others.length === 0 ? pair?.[1] : undefined;
}

/** The `key=value` pairs from an index on, up to the first that is none. */
export function pairsOf(text: string, from: number): readonly Pair[] {
  const pairs: Pair[] = [];
  PAIR.lastIndex = from;
  for (let pair = PAIR.exec(text); pair !== null; pair = PAIR.exec(text)) {
    const [, key = "", value = ""] = pair;
    pairs.push([key, value.startsWith('"') ? unquoted(value) : value]);
    if (PAIR.lastIndex >= text.length) break;
  }
  return pairs;
}

/** Whether a text is nothing but `key=value` pairs, as those that follow a message on its line. */
export function isFields(text: string): boolean {
  const rest = text.trim();
  let from = 0;
  while (from < rest.length) {
    PAIR.lastIndex = from;
    if (PAIR.exec(rest) === null) return false;
    from = PAIR.lastIndex;
  }
  return true;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  a: "\u0007",
  v: "\v",
};

/** A text as Go's `strconv.Quote` writes it, without its quotes. */
function unquoted(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gs, (all, hex, short, long, one) => {
      const code = Number.parseInt(hex ?? short ?? long ?? "", 16);
      if (Number.isNaN(code)) return ESCAPES[one] ?? one ?? all;
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    });
}
