/** Writes `schema/halt-intent.schema.json`: `node scripts/json-schema.ts`. */
import { writeFileSync } from "node:fs";
import { z } from "zod";
import { HaltIntentSchema } from "../src/halt-intent-schema.ts";

/** Where the schema is committed. */
export const SCHEMA_FILE = new URL("../schema/halt-intent.schema.json", import.meta.url);

/** The JSON Schema (draft 2020-12) of what a producer writes, made from the zod schema. */
export function jsonSchema(): string {
  // What comes in, not what zod makes of it: fields that are not known here are no error.
  const { $schema, ...schema } = z.toJSONSchema(HaltIntentSchema, { target: "draft-2020-12", io: "input" });
  const document = {
    $schema,
    $id: "https://upgrade-halt.dev/schema/halt-intent.schema.json",
    $comment: "Made of src/halt-intent-schema.ts by scripts/json-schema.ts.",
    title: "HaltIntent",
    description:
      "What a chain node says when it stops because an operator must act: the field halt_intent of /status.",
    ...schema,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

if (import.meta.main) writeFileSync(SCHEMA_FILE, jsonSchema());
