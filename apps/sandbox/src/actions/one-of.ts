import { z } from "zod";

type Schemas = Readonly<Record<string, z.ZodType>>;
/** `{ kind, value }` for each name of the schemas. */
export type OneOf<S extends Schemas> = {
  [K in keyof S & string]: { readonly kind: K; readonly value: z.infer<S[K]> };
}[keyof S & string];

/** An object with exactly one key, which says by which of the schemas its value is read: `wait: ...` or `crash: ...`. */
export function oneOf<const S extends Schemas>(what: string, schemas: S) {
  return z.unknown().transform((input, context): OneOf<S> => {
    const keys =
      typeof input === "object" && input !== null && !Array.isArray(input) ? Object.keys(input) : [];
    const [kind = ""] = keys;
    const schema = Object.hasOwn(schemas, kind) ? schemas[kind] : undefined;
    if (keys.length !== 1 || schema === undefined) {
      const found = keys.length === 0 ? "none" : keys.join(", ");
      const message = `a ${what} has one key of ${Object.keys(schemas).join(", ")}; found ${found}`;
      context.addIssue({ code: "custom", message, path: keys.slice(0, 1) });
      return z.NEVER;
    }
    const read = schema.safeParse((input as Readonly<Record<string, unknown>>)[kind]);
    if (read.success) return { kind, value: read.data } as OneOf<S>;
    for (const issue of read.error.issues) {
      context.addIssue({ ...issue, path: [kind, ...issue.path] } as Parameters<typeof context.addIssue>[0]);
    }
    return z.NEVER;
  });
}
