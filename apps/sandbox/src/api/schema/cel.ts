import { Environment, type ParseResult } from "@marcbachmann/cel-js";
import { equal, isObject, type Json } from "../../json/json.ts";
import type { Cause } from "../api-error.ts";
import { propertySchema, type StructuralSchema, type ValidationRule } from "./structural-schema.ts";

const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });
const programs = new Map<string, ParseResult>();

/** The rule compiled once per text. @throws when it isn't CEL. */
function compile(rule: string): ParseResult {
  const known = programs.get(rule);
  if (known !== undefined) return known;
  const program = environment.parse(rule);
  programs.set(rule, program);
  return program;
}

/** Why `rule` isn't CEL, or undefined when it is. */
export function ruleDefect(rule: string): string | undefined {
  try {
    compile(rule);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Whether a schema has a CEL rule anywhere. */
export function hasRules(schema: StructuralSchema): boolean {
  const { properties = {}, items, additionalProperties } = schema;
  const children = [...Object.values(properties), items, additionalProperties];
  return (
    (schema["x-kubernetes-validations"] ?? []).length > 0 ||
    children.some((child) => typeof child === "object" && hasRules(child))
  );
}

/**
 * The defects that x-kubernetes-validations find in `value`. A rule that speaks of oldSelf runs on
 * updates only, and is skipped where nothing changed (ratcheting) as the real server does.
 */
export function validateRules(
  value: Json,
  old: Json | undefined,
  schema: StructuralSchema,
  path = "",
): readonly Cause[] {
  if (value === null) return [];
  const own = (schema["x-kubernetes-validations"] ?? []).flatMap((rule) =>
    check(rule, value, old, schema, path),
  );
  return [...own, ...nested(value, old, schema, path)];
}

function nested(
  value: Json,
  old: Json | undefined,
  schema: StructuralSchema,
  path: string,
): readonly Cause[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return [];
    return value.flatMap((item, index) =>
      validateRules(item, correlated(item, old, schema), items, `${path}[${index}]`),
    );
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const property = propertySchema(schema, key);
    if (property === undefined || (path === "" && key === "metadata")) return [];
    const before = isObject(old) && Object.hasOwn(old, key) ? old[key] : undefined;
    return validateRules(item, before, property, path === "" ? key : `${path}.${key}`);
  });
}

/** The old element that `item` replaces: only lists of type map can tell. */
function correlated(item: Json, old: Json | undefined, schema: StructuralSchema): Json | undefined {
  const keys = schema["x-kubernetes-list-map-keys"];
  if (keys === undefined || !Array.isArray(old) || !isObject(item)) return undefined;
  return old.find((other) => isObject(other) && keys.every((key) => equal(other[key], item[key])));
}

function check(
  rule: ValidationRule,
  value: Json,
  old: Json | undefined,
  schema: StructuralSchema,
  path: string,
): readonly Cause[] {
  const isTransition = /\boldSelf\b/.test(rule.rule);
  if (isTransition && old === undefined) return [];
  const context = {
    self: celValue(value, schema),
    ...(old === undefined ? {} : { oldSelf: celValue(old, schema) }),
  };
  const field = `${path}${rule.fieldPath ?? ""}` || "<nil>";
  try {
    if (compile(rule.rule)(context) === true) return [];
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return [
      {
        reason: "FieldValueInvalid",
        message: `Invalid value: ${shown(value)}rule evaluation error: ${why}`,
        field,
      },
    ];
  }
  return [cause(rule, messageOf(rule, context), value, field)];
}

function messageOf(rule: ValidationRule, context: Record<string, unknown>): string {
  if (rule.messageExpression !== undefined) {
    try {
      const text: unknown = compile(rule.messageExpression)(context);
      if (typeof text === "string" && text.trim() !== "") return text;
    } catch {
      return rule.message ?? `failed rule: ${rule.rule}`;
    }
  }
  return rule.message ?? `failed rule: ${rule.rule}`;
}

function cause(rule: ValidationRule, text: string, value: Json, field: string): Cause {
  switch (rule.reason) {
    case "FieldValueForbidden":
      return { reason: rule.reason, message: `Forbidden: ${text}`, field };
    case "FieldValueRequired":
      return { reason: rule.reason, message: `Required value: ${text}`, field };
    case "FieldValueDuplicate":
      return { reason: rule.reason, message: `Duplicate value: ${JSON.stringify(value)}`, field };
    default:
      return { reason: "FieldValueInvalid", message: `Invalid value: ${shown(value)}${text}`, field };
  }
}

/** The value as messages show it: objects and lists are left out. */
function shown(value: Json): string {
  return typeof value === "object" ? "" : `${JSON.stringify(value)}: `;
}

/** JSON as CEL's types: integers as int (bigint), by schema where there is one. */
function celValue(value: Json, schema: StructuralSchema | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => celValue(item, schema?.items));
  if (isObject(value)) {
    const entries = Object.entries(value).map(([key, item]): [string, unknown] => {
      return [key, celValue(item, schema === undefined ? undefined : propertySchema(schema, key))];
    });
    return Object.fromEntries(entries);
  }
  if (typeof value === "number" && Number.isInteger(value) && schema?.type !== "number") return BigInt(value);
  if (typeof value === "string" && schema?.format === "date-time") return new Date(value);
  return value;
}
