import { z } from "zod";

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Words of JSON Schema that a structural schema (CustomResourceDefinition v1) doesn't take. */
const REFUSED = new Set(["$schema", "additionalProperties", "id", "$id"]);

function clean(node: Json): Json {
  const out: Json = {};
  for (const [word, value] of Object.entries(node)) {
    if (word === "additionalProperties" && isObject(value)) out[word] = clean(value);
    else if (word === "properties" && isObject(value)) out[word] = cleanEach(value);
    else if (word === "items" && isObject(value)) out[word] = clean(value);
    else if (!REFUSED.has(word)) out[word] = value;
  }
  if (out.type === "integer") out.format = "int64";
  return out;
}

function cleanEach(nodes: Json): Json {
  return Object.fromEntries(
    Object.entries(nodes).map(([key, node]) => [key, isObject(node) ? clean(node) : node]),
  );
}

/**
 * The structural OpenAPI v3 schema of a zod schema, as the API server's `openAPIV3Schema` wants it: what a
 * person may write (defaulted fields are optional), descriptions and CEL rules kept, no `additionalProperties:
 * false` (unknown fields are pruned), integers as int64.
 */
export function structuralSchema(schema: z.ZodType): Json {
  return clean(z.toJSONSchema(schema, { target: "openapi-3.0", io: "input" }) as Json);
}
