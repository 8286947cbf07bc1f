/**
 * Paths of the fields that are in `stored`, and of which a decoder made nothing in `read`, such as `upgrades[0].window`.
 * `undefined` and `null` are no fields.
 */
export function unknownFields(stored: unknown, read: unknown, path: string): readonly string[] {
  if (stored === undefined || stored === null) return [];
  if (read === undefined) return [path];
  if (typeof stored !== "object" || typeof read !== "object" || read === null) return [];
  const members: Readonly<Record<string, unknown>> = { ...read };
  return Object.entries(stored).flatMap(([key, value]) =>
    unknownFields(value, members[key], Array.isArray(stored) ? `${path}[${key}]` : `${path}.${key}`),
  );
}
