import { isObject, type Json, type JsonObject, objectAt, stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { badRequest, type Cause, invalid } from "../api-error.ts";
import { refuseNonObject } from "../body-words.ts";
import { apiVersionOf, type ResourceType } from "../resources/resource-type.ts";
import { hasRules, validateRules } from "../schema/cel.ts";
import { applyDefaults } from "../schema/defaulting.ts";
import { prune } from "../schema/pruning.ts";
import type { StructuralSchema } from "../schema/structural-schema.ts";
import { validateSchema } from "../schema/validation.ts";
import { DecodeError, decodeTyped } from "../typed/decode.ts";
import { modelNameOf } from "../typed/models.ts";
import { requireBuiltIn, wrongVersion } from "./built-in-body.ts";
import type { Target, WriteOptions } from "./context.ts";
import { validateMetadata } from "./metadata-validation.ts";

/**
 * A request's body as an object of the target's type.
 * @throws ApiError 400 or 422 when it is of another kind, version, name or namespace.
 */
export function readObject(body: Json, target: Target): KubeObject {
  const { type, namespace, name } = target;
  if (!isObject(body)) throw refuseNonObject(body, type.kind);
  if (type.builtIn) requireBuiltIn(type, body);
  const apiVersion = stringAt(body, "apiVersion") ?? apiVersionOf(type);
  const kind = stringAt(body, "kind") ?? type.kind;
  const metadata = objectAt(body, "metadata");
  const ownName = stringAt(metadata, "name") ?? name;
  if (!type.builtIn) requireCustom(type, apiVersion, kind, ownName);
  const ownNamespace = stringAt(metadata, "namespace") ?? "";
  if (type.namespaced && ownNamespace !== "" && ownNamespace !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (name !== "" && ownName !== name) {
    throw badRequest(`the name of the object (${ownName}) does not match the name on the URL (${name})`);
  }
  return {
    ...body,
    apiVersion,
    kind,
    metadata: { ...metadata, name: ownName, ...(type.namespaced ? { namespace } : {}) },
  };
}

function requireCustom(type: ResourceType, apiVersion: string, kind: string, name: string): void {
  if (kind !== type.kind) {
    const message = `Invalid value: ${JSON.stringify(kind)}: must be ${type.kind}`;
    throw invalid({ group: type.group, kind }, name, [
      { reason: "FieldValueInvalid", message, field: "kind" },
    ]);
  }
  if (apiVersion !== apiVersionOf(type)) throw wrongVersion(apiVersion, apiVersionOf(type));
}

/** Reads a built-in object as its Go type would; returns the paths of unknown fields. @throws ApiError 400. */
function decodeBuiltIn(object: KubeObject, type: ResourceType): readonly string[] {
  const [version = "", group = ""] = object.apiVersion.split("/").toReversed();
  try {
    const { object: decoded, unknown } = decodeTyped(
      object,
      modelNameOf(group, version, type.kind),
      type.kind,
    );
    for (const key of Object.keys(object)) if (decoded[key] === undefined) delete object[key];
    Object.assign(object, decoded);
    return unknown;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw badRequest(
      `${type.kind} in version ${JSON.stringify(type.version)} cannot be handled as a ${type.kind}: ${error.message}`,
    );
  }
}

/**
 * Makes `object` what may be stored, in place: unknown fields pruned, defaults filled, the schema and
 * its rules checked. Returns warnings about unknown fields.
 * @throws ApiError 400 on unknown fields under Strict, 422 on defects.
 */
export function admit(
  object: KubeObject,
  old: KubeObject | undefined,
  type: ResourceType,
  options: Pick<WriteOptions, "fieldValidation" | "manager" | "duplicates">,
): readonly string[] {
  const { schema } = type;
  const unknown = schema === undefined ? decodeBuiltIn(object, type) : prune(object, schema);
  dropEmptyMetadata(object.metadata);
  const strange = [
    ...(options.duplicates ?? []).map((path) => `duplicate field ${JSON.stringify(path)}`),
    ...unknown.map((path) => `unknown field ${JSON.stringify(path)}`),
  ];
  if (strange.length > 0 && options.fieldValidation === "Strict") {
    throw badRequest(
      `${type.kind} in version ${JSON.stringify(type.version)} cannot be handled as a ${type.kind}: ` +
        `strict decoding error: ${strange.join(", ")}`,
    );
  }
  if (schema !== undefined) applyDefaults(object, schema);
  type.defaults?.(object);
  check(object, old, type, options.manager.subresource === "status");
  return options.fieldValidation === "Warn" ? strange : [];
}

/** @throws ApiError 422 naming every defect of `object`. */
function check(object: KubeObject, old: KubeObject | undefined, type: ResourceType, isStatus: boolean): void {
  const causes = [...validateMetadata(object, old, type.builtIn), ...(type.validate?.(object, old) ?? [])];
  if (type.schema !== undefined) {
    const found = validateSchema(object, type.schema);
    const structural = isStatus ? found.map(belowStatus) : found;
    causes.push(...structural, ...checkRules(structural, object, old, type.schema));
  }
  if (causes.length > 0) throw invalid(type, object.metadata.name, causes);
}

/** On the status subresource the status alone is validated, and what is said of a member starts there. */
function belowStatus(cause: Cause): Cause {
  const within = cause.field.replace(/^status\./, "");
  return { ...cause, message: cause.message.replace(`${cause.field} in body`, `${within} in body`) };
}

const BLOCKING = new Set([
  "FieldValueNotSupported",
  "FieldValueRequired",
  "FieldValueTooLong",
  "FieldValueTooMany",
  "FieldValueTypeInvalid",
]);

/** CEL rules run on objects that their schema can hold; otherwise the answer says that they didn't. */
function checkRules(
  structural: readonly Cause[],
  object: KubeObject,
  old: KubeObject | undefined,
  schema: StructuralSchema,
): readonly Cause[] {
  if (!structural.some(({ reason }) => BLOCKING.has(reason))) return validateRules(object, old, schema);
  if (!hasRules(schema)) return [];
  const message =
    "Invalid value: null: some validation rules were not checked because the object was invalid; " +
    "correct the existing errors to complete validation";
  return [{ reason: "FieldValueInvalid", message, field: "<nil>" }];
}

/** ObjectMeta leaves empty maps and lists out. */
function dropEmptyMetadata(metadata: JsonObject): void {
  for (const field of ["labels", "annotations", "finalizers", "ownerReferences"]) {
    const value = metadata[field];
    const isEmpty = Array.isArray(value)
      ? value.length === 0
      : isObject(value) && Object.keys(value).length === 0;
    if (isEmpty || value === null) delete metadata[field];
  }
}
