export type JsonFields = Readonly<Record<string, unknown>>;

/** The object that a line of JSON is, `undefined` where it is none. */
export function parsedObject(text: string): JsonFields | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as JsonFields)
      : undefined;
  } catch {
    return undefined;
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;

/** The keys of a JSON object in the order in which they are written: one that is there twice is named twice. */
export function topLevelKeys(text: string): readonly string[] {
  const keys: string[] = [];
  let depth = 0;
  for (const [token, colon] of text.matchAll(TOKEN)) {
    if (token === "{" || token === "[") depth += 1;
    else if (token === "}" || token === "]") depth -= 1;
    else if (colon !== undefined && depth === 1) keys.push(JSON.parse(token.slice(0, -colon.length)));
  }
  return keys;
}
