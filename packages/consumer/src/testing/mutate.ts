const HOSTILE: readonly unknown[] = [
  null,
  true,
  "",
  "70",
  70,
  70.5,
  -1,
  1e308,
  2 ** 53,
  "9223372036854775807",
  "\u001b[2J\u202e\n\ud800",
  [],
  {},
  [[[]]],
  { __proto__: null },
  { toString: 1, valueOf: 1 },
  "x".repeat(10_000),
];
const KEYS = [
  "__proto__",
  "constructor",
  "halt_intent",
  "reason",
  "result",
  "jsonrpc",
  "error",
  "sync_info",
  "plan_name",
];

/** The same value with one part of it replaced, dropped, renamed or added. */
export function mutate(value: unknown, random: () => number): unknown {
  const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)];
  if (typeof value !== "object" || value === null || random() < 0.15) return pick(HOSTILE);
  const entries: [string, unknown][] = Object.entries(value);
  const index = Math.floor(random() * entries.length);
  const entry = entries[index];
  const kind = random();
  if (entry === undefined || kind < 0.1) entries.push([pick(KEYS) ?? "", pick(HOSTILE)]);
  else if (kind < 0.2) entries.splice(index, 1);
  else if (kind < 0.3) entry[0] = pick(KEYS) ?? "";
  else entry[1] = mutate(entry[1], random);
  if (Array.isArray(value)) return entries.map(([, item]) => item);
  const mutated: Record<string, unknown> = {};
  // As JSON.parse does: `__proto__` is a property like any other.
  for (const [key, item] of entries) {
    Object.defineProperty(mutated, key, {
      value: item,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return mutated;
}

/** The same text with some bytes changed, cut or doubled. */
export function mutateText(text: string, random: () => number): string {
  const at = Math.floor(random() * text.length);
  const length = Math.floor(random() * 12);
  const kind = random();
  if (kind < 0.3) return text.slice(0, at);
  if (kind < 0.6)
    return text.slice(0, at) + String.fromCharCode(random() * 0x10000) + text.slice(at + length);
  return text.slice(0, at + length) + text.slice(at);
}
