import { clone, isObject, type Json, set } from "../../json/json.ts";
import { propertySchema, type StructuralSchema } from "./structural-schema.ts";

/**
 * Fills absent fields with their schema's defaults, in place, from the outside in; a null that its
 * schema doesn't allow counts as absent and goes (apiextensions structural defaulting).
 */
export function applyDefaults(value: Json, schema: StructuralSchema): void {
  if (Array.isArray(value)) {
    if (schema.items !== undefined) for (const item of value) applyDefaults(item, schema.items);
    return;
  }
  if (!isObject(value)) return;
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const missing = !Object.hasOwn(value, key) || (value[key] === null && property.nullable !== true);
    if (!missing) continue;
    if (property.default !== undefined) set(value, key, clone(property.default));
    else delete value[key];
  }
  for (const [key, item] of Object.entries(value)) {
    const property = propertySchema(schema, key);
    if (property !== undefined) applyDefaults(item, property);
  }
}
