import type { JsonObject } from "../json/json.ts";

/** One entry of Status.details.causes. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/**
 * A refusal that crosses the wire as a meta/v1 Status, worded as kube-apiserver words it
 * (k8s.io/apimachinery/pkg/api/errors).
 */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: number;
  readonly reason: string;
  readonly details: JsonObject | undefined;

  constructor(code: number, reason: string, message: string, details?: JsonObject) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  /** The Status body of this error. */
  status(): JsonObject {
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: this.message,
      ...(this.reason === "" ? {} : { reason: this.reason }),
      ...(this.details === undefined ? {} : { details: this.details }),
      code: this.code,
    };
  }
}

/** `pods` or `nodehalts.upgrade-halt.dev`: how messages name a resource. */
function qualified(resource: string, group: string): string {
  return group === "" ? resource : `${resource}.${group}`;
}

interface Named {
  readonly group: string;
  readonly plural: string;
}

function details(type: Named, name: string, extra: JsonObject = {}): JsonObject {
  return { name, ...(type.group === "" ? {} : { group: type.group }), kind: type.plural, ...extra };
}

export function notFound(type: Named, name: string): ApiError {
  return new ApiError(
    404,
    "NotFound",
    `${qualified(type.plural, type.group)} "${name}" not found`,
    details(type, name),
  );
}

export function alreadyExists(type: Named, name: string): ApiError {
  const message = `${qualified(type.plural, type.group)} "${name}" already exists`;
  return new ApiError(409, "AlreadyExists", message, details(type, name));
}

export function conflict(type: Named, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualified(type.plural, type.group)} "${name}": ${why}`;
  return new ApiError(409, "Conflict", message, details(type, name));
}

/** 409 for a failed precondition of a delete, which speaks of the kind where others speak of the resource. */
export function preconditionFailed(
  type: Named & { readonly kind: string },
  name: string,
  what: string,
  given: string,
  found: string,
): ApiError {
  const why = `Precondition failed: ${what} in precondition: ${given}, ${what} in object meta: ${found}`;
  const message = `Operation cannot be fulfilled on ${qualified(type.kind, type.group)} "${name}": ${why}`;
  return new ApiError(409, "Conflict", message, { ...details(type, name), kind: type.kind });
}

export const MODIFIED =
  "the object has been modified; please apply your changes to the latest version and try again";

export function forbidden(type: Named, name: string, why: string): ApiError {
  const message = `${qualified(type.plural, type.group)} "${name}" is forbidden: ${why}`;
  return new ApiError(403, "Forbidden", message, details(type, name));
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, "BadRequest", message);
}

export function methodNotAllowed(): ApiError {
  return new ApiError(
    405,
    "MethodNotAllowed",
    "the server does not allow this method on the requested resource",
    {},
  );
}

/** 404 for a path below a served group and version that names nothing. */
export function noSuchResource(): ApiError {
  return new ApiError(404, "NotFound", "the server could not find the requested resource", {});
}

export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`;
  return new ApiError(415, "UnsupportedMediaType", message);
}

export function expired(message: string): ApiError {
  return new ApiError(410, "Expired", message);
}

/** 422 with one cause per defect, the message built as field.ErrorList.ToAggregate does. */
export function invalid(
  type: { readonly group: string; readonly kind: string },
  name: string,
  causes: readonly Cause[],
): ApiError {
  const texts = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))];
  const list = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  const message = `${qualified(type.kind, type.group)} "${name}" is invalid: ${list}`;
  const entries = causes.map((cause) => ({
    reason: cause.reason,
    message: cause.message,
    field: cause.field,
  }));
  return new ApiError(422, "Invalid", message, {
    ...(name === "" ? {} : { name }),
    ...(type.group === "" ? {} : { group: type.group }),
    ...(type.kind === "" ? {} : { kind: type.kind }),
    causes: entries,
  });
}
