import type { Random } from "./random.ts";

const METHODS = [
  "status",
  "health",
  "lag_status",
  "abci_info",
  "block",
  "blockchain",
  "genesis",
  "commit",
  "validators",
  "subscribe",
  "nope",
  "__proto__",
  "constructor",
  "",
] as const;

const VALUES = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  "",
  "1",
  '"1"',
  "-1",
  "é\u2028",
  "\ud800",
  [],
  {},
  [[[[]]]],
] as const;

const NAMES = [
  "height",
  "minHeight",
  "maxHeight",
  "page",
  "per_page",
  "query",
  "__proto__",
  "toString",
  "x",
] as const;

/** The body of a `POST /`: JSON-RPC, more or less. */
export function jsonRpcBody(random: Random): string {
  const text = random.chance(0.25)
    ? JSON.stringify(Array.from({ length: random.integer(0, 14) }, () => call(random)))
    : JSON.stringify(call(random));
  return random.chance(0.4) ? mutate(text ?? "", random) : (text ?? "");
}

function call(random: Random): unknown {
  if (random.chance(0.05)) return random.pick(VALUES);
  return {
    ...(random.chance(0.9) && { jsonrpc: random.pick(["2.0", "2.0", "2.0", "", "1.0"]) }),
    ...(random.chance(0.9) && { id: random.chance(0.6) ? random.integer(-5, 1e6) : random.pick(VALUES) }),
    ...(random.chance(0.95) && { method: random.chance(0.05) ? random.pick(VALUES) : random.pick(METHODS) }),
    ...(random.chance(0.6) && { params: params(random) }),
  };
}

function params(random: Random): unknown {
  const count = random.integer(0, 3);
  if (random.chance(0.2)) return random.pick(VALUES);
  if (random.chance(0.4)) return Array.from({ length: count }, () => random.pick(VALUES));
  return Object.fromEntries(Array.from({ length: count }, () => [random.pick(NAMES), random.pick(VALUES)]));
}

/** A text with some of its characters lost, doubled, replaced or moved. */
export function mutate(text: string, random: Random): string {
  let mutated = text;
  for (let times = random.integer(1, 4); times > 0; times -= 1) {
    const at = random.integer(0, mutated.length);
    const [before, after] = [mutated.slice(0, at), mutated.slice(at)];
    mutated = random.pick([
      () => before + after.slice(random.integer(1, 8)),
      () => before + before.slice(-random.integer(1, 8)) + after,
      () =>
        before +
        random.pick(["{", "}", "[", "]", '"', ",", ":", "\\", "\0", "\ufeff", "9".repeat(400), "-"]) +
        after,
      () => after + before,
    ])();
  }
  return mutated;
}
