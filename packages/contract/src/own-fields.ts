import type { Defect } from "./halt-intent.ts";
import { type FieldName, HALT_INTENT_FIELDS } from "./wire-fields.ts";

type Fields = { readonly [Field in FieldName]?: unknown };

/** Has no fields of its own: what it seems to have was planted on `Object.prototype`. */
const EMPTY: Fields = {};

/**
 * True when reading a wire field of `input` can only give its own: a plain object, as JSON.parse makes them, and nothing
 * of these names planted on `Object.prototype`. Spelled out, because a look-up of a constant name costs next to nothing.
 */
export function hasOwnFieldsAlone(input: object): boolean {
  return (
    Object.getPrototypeOf(input) === Object.prototype &&
    !("reason" in EMPTY) &&
    !("reason_string" in EMPTY) &&
    !("plan_name" in EMPTY) &&
    !("height" in EMPTY) &&
    !("info" in EMPTY) &&
    !("announced_at" in EMPTY)
  );
}

/** The own wire fields of anything. One whose reading throws is left out and named among the defects. */
export function ownFields(input: object, defects: Defect[]): Fields {
  const fields: { [Field in FieldName]?: unknown } = Object.create(null);
  for (const { name } of HALT_INTENT_FIELDS) {
    try {
      if (Object.hasOwn(input, name)) fields[name] = (input as Fields)[name];
    } catch {
      defects.push({ field: name, problem: "reading it failed" });
    }
  }
  return fields;
}
