/** `now`, made of as many parts of `before` as are the same in both; `before` itself when all are. Both are JSON. */
export function shared<T>(before: unknown, now: T): T {
  if (Object.is(before, now)) return now;
  if (typeof before !== "object" || typeof now !== "object" || before === null || now === null) return now;
  if (Array.isArray(before) !== Array.isArray(now)) return now;
  const old = before as Readonly<Record<string, unknown>>;
  const parts = now as Record<string, unknown>;
  let isSame = Object.keys(old).length === Object.keys(parts).length;
  for (const [key, value] of Object.entries(parts)) {
    parts[key] = shared(old[key], value);
    if (!Object.is(parts[key], old[key])) isSame = false;
  }
  return isSame ? (before as T) : now;
}
