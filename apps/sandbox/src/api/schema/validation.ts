import { equal, isObject, type Json, type JsonObject } from "../../json/json.ts";
import type { Cause } from "../api-error.ts";
import { hasFormat } from "./formats.ts";
import { propertySchema, type StructuralSchema } from "./structural-schema.ts";

/**
 * The defects of `value`, worded as kube-apiserver words them
 * (apiextensions-apiserver pkg/apiserver/validation and kube-openapi pkg/validation/errors).
 */
export function validateSchema(value: Json, schema: StructuralSchema, path = ""): readonly Cause[] {
  if (value === null && schema.nullable === true) return [];
  const actual = typeName(value, schema);
  if (!typeFits(actual, value, schema)) {
    const wanted = schema["x-kubernetes-int-or-string"] === true ? "integer,string" : (schema.type ?? "");
    const text = `${body(path)} must be of type ${wanted}: ${JSON.stringify(actual)}`;
    return [{ ...wrong(path, JSON.stringify(actual), text), reason: "FieldValueTypeInvalid" }];
  }
  return [
    ...(Array.isArray(value) ? validateArray(value, schema, path) : []),
    ...(isObject(value) ? validateObject(value, schema, path) : []),
    ...(typeof value === "string" ? validateString(value, schema, path) : []),
    ...(typeof value === "number" ? validateNumber(value, schema, path) : []),
    ...validateEnum(value, schema, path),
    ...validateCombinations(value, schema, path),
  ];
}

function typeName(value: Json, schema: StructuralSchema): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value !== "number") return typeof value;
  return Number.isInteger(value) && schema.type !== "number" ? "integer" : "number";
}

function typeFits(actual: string, value: Json, schema: StructuralSchema): boolean {
  if (schema["x-kubernetes-int-or-string"] === true) return typeof value === "string" || actual === "integer";
  return schema.type === undefined || schema.type === "" || schema.type === actual;
}

function validateObject(value: JsonObject, schema: StructuralSchema, path: string): readonly Cause[] {
  const causes: Cause[] = [];
  const count = Object.keys(value).length;
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(value, key)) {
      causes.push({ reason: "FieldValueRequired", message: "Required value", field: join(path, key) });
    }
  }
  if (schema.maxProperties !== undefined && count > schema.maxProperties) {
    const message = `Too many: ${count}: must have at most ${schema.maxProperties} items`;
    causes.push({ reason: "FieldValueTooMany", message, field: path });
  }
  if (schema.minProperties !== undefined && count < schema.minProperties) {
    causes.push(
      wrong(path, `${count}`, `${body(path)} should have at least ${schema.minProperties} properties`),
    );
  }
  for (const [key, item] of Object.entries(value)) {
    if (path === "" && key === "metadata") continue;
    const property = propertySchema(schema, key);
    if (property !== undefined) causes.push(...validateSchema(item, property, join(path, key)));
  }
  return causes;
}

function validateArray(value: readonly Json[], schema: StructuralSchema, path: string): readonly Cause[] {
  const causes: Cause[] = [];
  const { items, minItems, maxItems } = schema;
  if (maxItems !== undefined && value.length > maxItems) {
    const message = `Too many: ${value.length}: must have at most ${maxItems} items`;
    causes.push({ reason: "FieldValueTooMany", message, field: path });
  }
  if (minItems !== undefined && value.length < minItems) {
    causes.push(wrong(path, `${value.length}`, `${body(path)} should have at least ${minItems} items`));
  }
  causes.push(...duplicates(value, schema, path));
  if (items === undefined) return causes;
  for (const [index, item] of value.entries())
    causes.push(...validateSchema(item, items, `${path}[${index}]`));
  return causes;
}

function duplicates(value: readonly Json[], schema: StructuralSchema, path: string): readonly Cause[] {
  const listType = schema["x-kubernetes-list-type"];
  if (listType !== "set" && listType !== "map") return [];
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const seen: Json[] = [];
  const causes: Cause[] = [];
  for (const [index, item] of value.entries()) {
    const identity: Json =
      listType === "set"
        ? item
        : Object.fromEntries(keys.map((key) => [key, isObject(item) ? (item[key] ?? null) : null]));
    if (seen.some((other) => equal(other, identity))) {
      const message = `Duplicate value: ${JSON.stringify(identity)}`;
      causes.push({ reason: "FieldValueDuplicate", message, field: `${path}[${index}]` });
    }
    seen.push(identity);
  }
  return causes;
}

/** Only the first defect of a string is told, as kube-openapi does. */
function validateString(value: string, schema: StructuralSchema, path: string): readonly Cause[] {
  const shown = JSON.stringify(value);
  const length = [...value].length;
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    const message = `Too long: may not be more than ${schema.maxLength} bytes`;
    return [{ reason: "FieldValueTooLong", message, field: path }];
  }
  if (schema.minLength !== undefined && length < schema.minLength) {
    return [wrong(path, shown, `${body(path)} should be at least ${schema.minLength} chars long`)];
  }
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(value)) {
    return [wrong(path, shown, `${body(path)} should match '${schema.pattern}'`)];
  }
  if (schema.format !== undefined && !hasFormat(schema.format, value)) {
    return [wrong(path, shown, `${body(path)} must be of type ${schema.format}: ${shown}`)];
  }
  return [];
}

function validateNumber(value: number, schema: StructuralSchema, path: string): readonly Cause[] {
  const { minimum, maximum, multipleOf } = schema;
  const causes: Cause[] = [];
  const add = (text: string): void => void causes.push(wrong(path, `${value}`, `${body(path)} ${text}`));
  if (minimum !== undefined) {
    if (schema.exclusiveMinimum === true && value <= minimum) add(`should be greater than ${minimum}`);
    else if (value < minimum) add(`should be greater than or equal to ${minimum}`);
  }
  if (maximum !== undefined) {
    if (schema.exclusiveMaximum === true && value >= maximum) add(`should be less than ${maximum}`);
    else if (value > maximum) add(`should be less than or equal to ${maximum}`);
  }
  if (multipleOf !== undefined && value % multipleOf !== 0) add(`should be a multiple of ${multipleOf}`);
  return causes;
}

function validateEnum(value: Json, schema: StructuralSchema, path: string): readonly Cause[] {
  if (schema.enum === undefined || schema.enum.some((option) => equal(option, value))) return [];
  const supported = schema.enum.map((option) => JSON.stringify(option)).join(", ");
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`;
  return [{ reason: "FieldValueNotSupported", message, field: path }];
}

function validateCombinations(value: Json, schema: StructuralSchema, path: string): readonly Cause[] {
  const fits = (option: StructuralSchema): boolean => validateSchema(value, option, path).length === 0;
  const causes: Cause[] = (schema.allOf ?? []).flatMap((option) => validateSchema(value, option, path));
  const shown =
    isObject(value) || Array.isArray(value) ? JSON.stringify(typeName(value, schema)) : JSON.stringify(value);
  const add = (text: string): void => void causes.push(wrong(path, shown, `${body(path)} ${text}`));
  if (schema.anyOf !== undefined && !schema.anyOf.some(fits))
    add("must validate at least one schema (anyOf)");
  if (schema.oneOf !== undefined && schema.oneOf.filter(fits).length !== 1) {
    add("must validate one and only one schema (oneOf)");
  }
  if (schema.not !== undefined && fits(schema.not)) add("must not validate the schema (not)");
  return causes;
}

function wrong(field: string, value: string, text: string): Cause {
  return {
    reason: "FieldValueInvalid",
    message: `Invalid value: ${value}: ${text}`,
    field: field || "<nil>",
  };
}

function body(path: string): string {
  return path === "" ? "<nil> in body" : `${path} in body`;
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
