import { type JsonObject, stringAt } from "../../json/json.ts";
import { ApiError, badRequest } from "../api-error.ts";
import { BUILT_IN } from "../resources/built-in.ts";
import { apiVersionOf, type ResourceType } from "../resources/resource-type.ts";
import { DecodeError, decodeTyped } from "../typed/decode.ts";
import { modelNameOf } from "../typed/models.ts";

/** A body that is not, or can't become, an object of the type that was asked for: 400. */
export class BuiltInError extends ApiError {
  /** What went wrong, without the words around it. */
  readonly why: string;
  /** The same of a patch that is applied without JSON in between. */
  readonly unstructured: string;

  constructor(message: string, why: string, unstructured = why) {
    super(400, "BadRequest", message);
    this.why = why;
    this.unstructured = unstructured;
  }
}

/**
 * Reads a body as the type that it names, which must then be the one that was asked for.
 *
 * @throws BuiltInError, and ApiError 400 for another version.
 */
export function requireBuiltIn(type: ResourceType, body: JsonObject): void {
  const expected = apiVersionOf(type);
  const apiVersion = stringAt(body, "apiVersion") ?? expected;
  const kind = stringAt(body, "kind") ?? type.kind;
  const [version = "", group = ""] = apiVersion.split("/").toReversed();
  const fail = (why: string, unstructured?: string): BuiltInError =>
    new BuiltInError(
      `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${type.kind}: ${why}`,
      why,
      unstructured,
    );
  const isKnown = BUILT_IN.some((one) => apiVersionOf(one) === apiVersion && one.kind === kind);
  if (!isKnown) {
    const registered = `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`;
    throw fail(`${registered} in scheme "pkg/runtime/scheme.go:111"`);
  }
  try {
    decodeTyped(body, modelNameOf(group, version, kind), kind);
  } catch (error) {
    throw error instanceof DecodeError ? fail(error.message, error.unstructured) : error;
  }
  const own = type.group === "" ? "core" : type.group.split(".")[0];
  if (kind !== type.kind)
    throw fail(`converting (${version}.${kind}) to (${own}.${type.kind}): unknown conversion`);
  if (apiVersion !== expected) throw wrongVersion(apiVersion, expected);
}

export function wrongVersion(found: string, expected: string): ApiError {
  return badRequest(
    `the API version in the data (${found}) does not match the expected API version (${expected})`,
  );
}
