/** Every way in which the controller can fail to do something. A code is stable; a message is for people. */
export type ControllerErrorCode =
  | "not-found"
  | "already-exists"
  | "conflict"
  | "invalid"
  | "gone"
  | "forbidden"
  | "unauthorized"
  | "too-many-requests"
  | "too-large"
  | "server-error"
  | "unreachable"
  | "timeout"
  | "not-leading"
  | "bad-kubeconfig"
  | "bad-reference"
  | "secret-not-marked"
  | "host-not-allowed"
  | "page-refused";

/**
 * The one error class of the controller. `retryAfterMs` is set when the other side said how long to wait
 * (HTTP `Retry-After`).
 */
export class ControllerError extends Error {
  readonly code: ControllerErrorCode;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ControllerErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly retryAfterMs?: number } = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.name = "ControllerError";
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** True when `error` is a {@link ControllerError} with one of `codes`. */
export function hasCode(error: unknown, ...codes: readonly ControllerErrorCode[]): error is ControllerError {
  return error instanceof ControllerError && codes.includes(error.code);
}

/** One line that says what went wrong, with the cause that a network error hides behind `cause`. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== "") return error.message;
  return error.cause instanceof Error ? messageOf(error.cause) : error.name;
}
